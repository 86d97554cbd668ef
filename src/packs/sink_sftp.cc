#include <algorithm>
#include <chrono>
#include <thread>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "memory_file.h"
#include "packs/sftp.h"
#include "sftp_failures.h"

// A run's files on their way into a customer's SFTP folder.
namespace trailkeeper::packs {

namespace {

// Depends on the bytes, so that what an earlier try left is a beginning of the same.
std::string temporary_name(const std::string& name, std::string_view digest) {
  return "." + name + "." + to_hex(digest.substr(0, 8)) + ".part";
}

// Reading back goes no faster than it is told to, so that a customer's line is not filled.
class Brake {
 public:
  explicit Brake(const LookRequest& request) : request_(request) {}

  // False when it is to stop.
  bool took(std::size_t bytes) {
    bytes_ += bytes;
    if (request_.bytes_per_second == 0) return going();
    const std::chrono::duration<double> due(static_cast<double>(bytes_) /
                                            static_cast<double>(request_.bytes_per_second));
    while (going()) {
      const std::chrono::duration<double> ahead = due - (std::chrono::steady_clock::now() - begun_);
      if (ahead.count() <= 0) return true;
      std::this_thread::sleep_for(std::min<std::chrono::duration<double>>(ahead, kPause));
    }
    return false;
  }

 private:
  static constexpr std::chrono::milliseconds kPause{100};
  bool going() const { return !request_.going || request_.going(); }

  const LookRequest& request_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::uint64_t bytes_ = 0;
};

constexpr std::size_t kOthersMax = 10'000;

deliver::SinkFailure stopped() {
  return {.blame = deliver::Blame::transient, .code = "stopped", .message = "Stopped."};
}

}  // namespace

class SftpSink final : public PackSink {
 public:
  SftpSink(SftpDestinations& owner, SftpDestinations::Opened opened)
      : owner_(owner), values_(std::move(opened.shown)), settings_(std::move(opened.settings)) {}

  std::string place() const override {
    bool v6 = values_.host.find(':') != std::string::npos;
    std::string port = values_.port == 22 ? "" : ":" + std::to_string(values_.port);
    std::string path = values_.path.starts_with('/') ? values_.path : "/" + values_.path;
    return "sftp://" + values_.user + "@" + (v6 ? "[" + values_.host + "]" : values_.host) + port +
           (path.ends_with('/') ? path : path + "/");
  }

  SinkResult deliver(const Shipment& shipment,
                     const std::function<bool(std::size_t file)>& before) override {
    auto failure = bring(shipment, before);
    if (!failure || failure->code != "stopped") {
      // What the run's own record says decides; this is for the page.
      (void)owner_.note(values_, failure, std::nullopt, !failure);
    }
    return {.failure = std::move(failure)};
  }

  LookResult look(const LookRequest& request) override {
    LookResult result;
    result.read_by = "sha256";
    result.failure = look_at(request, result);
    return result;
  }

 private:
  using Failed = std::optional<deliver::SinkFailure>;

  Failed look_at(const LookRequest& request, LookResult& result) {
    auto address = httpc::resolve_checked(values_.host, owner_.addresses_);
    if (!address) return explain_address(address.error(), values_);
    settings_.connect_address = *address;
    auto connection = sftp::Connection::open(settings_);
    if (!connection) return explain(connection.error(), values_);
    const std::string folder = below(values_.path, request.folder);
    auto names = others_in(**connection, folder, request);
    if (!names) return explain(names.error(), values_);
    result.others = *std::move(names);
    Brake brake(request);
    for (const ExpectedFile& file : request.files) {
      HeldFile held{.name = file.name};
      if (auto failed = look_at(**connection, below(folder, file.name), file, brake, held, result))
        return failed;
      result.files.push_back(std::move(held));
    }
    return {};
  }

  static sftp::Outcome<std::vector<std::string>> others_in(sftp::Connection& connection,
                                                           const std::string& folder,
                                                           const LookRequest& request) {
    std::vector<std::string> names;
    const auto found = connection.stat(folder);
    if (!found) return found.error();
    if (!*found) return names;
    const auto entries = connection.list(folder, request.files.size() + kOthersMax);
    if (!entries) {
      // Who may only write there cannot be asked what else is there.
      if (entries.error().code == "permission_denied") return names;
      return entries.error();
    }
    for (const sftp::Entry& entry : *entries) {
      const bool asked = std::any_of(request.files.begin(), request.files.end(),
                                     [&](const auto& file) { return file.name == entry.name; });
      if (!asked) names.push_back(entry.name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Failed look_at(sftp::Connection& connection, const std::string& path, const ExpectedFile& file,
                 Brake& brake, HeldFile& held, LookResult& result) {
    const auto found = connection.stat(path);
    if (!found) return explain(found.error(), values_);
    if (!*found || (*found)->folder) return {};
    held.bytes = (*found)->bytes;
    held.holding = held.bytes == file.bytes ? Holding::same : Holding::other_size;
    if (held.holding != Holding::same) return {};
    crypto::Sha256 digest;
    bool going = true;
    const auto read = connection.read_through(path, [&](std::string_view piece) {
      digest.update(piece);
      going = brake.took(piece.size());
      return going;
    });
    if (!going) return stopped();
    if (!read && read.error().code != "permission_denied") return explain(read.error(), values_);
    if (!read) {
      result.read_by = "size";  // a folder to drop files into
    } else if (digest.finish() != file.sha256) {
      held.holding = Holding::other_content;
    }
    return {};
  }

  Failed bring(const Shipment& shipment, const std::function<bool(std::size_t file)>& before) {
    auto address = httpc::resolve_checked(values_.host, owner_.addresses_);
    if (!address) return explain_address(address.error(), values_);
    settings_.connect_address = *address;
    auto connection = sftp::Connection::open(settings_);
    if (!connection) return explain(connection.error(), values_);
    std::string folder = below(values_.path, shipment.folder);
    if (auto made = (*connection)->make_folders(folder); !made) {
      return explain(made.error(), values_);
    }
    std::size_t number = 0;
    for (const StagedFile& part : shipment.parts) {
      if (!before(number++)) return stopped();
      if (auto failed = send(**connection, folder, part)) return failed;
    }
    if (!before(number++)) return stopped();
    if (auto failed = send(**connection, folder, shipment.manifest)) return failed;
    if (shipment.latest.empty()) return {};
    if (!before(number)) return stopped();
    return send_latest(**connection, shipment);
  }

  Failed send(sftp::Connection& connection, const std::string& folder, const StagedFile& file) {
    auto sent = connection.upload(
        {.local_path = file.path,
         .bytes = file.bytes,
         .temporary = below(folder, temporary_name(file.name, as_text(file.sha256))),
         .target = below(folder, file.name)});
    if (!sent) return explain(sent.error(), values_);
    return {};
  }

  Failed send_latest(sftp::Connection& connection, const Shipment& shipment) {
    MemoryFile content(shipment.latest);
    std::string target = below(values_.path, shipment.latest_name);
    auto slash = target.rfind('/');
    std::string folder = slash == std::string::npos ? "" : target.substr(0, slash + 1);
    std::string name = target.substr(folder.size());
    auto sent = connection.upload(
        {.local_path = content.path(),
         .bytes = shipment.latest.size(),
         .temporary = folder + temporary_name(name, as_text(crypto::sha256(shipment.latest))),
         .target = target,
         .replace = true});
    if (!sent) return explain(sent.error(), values_);
    return {};
  }

  SftpDestinations& owner_;
  const settings::SftpDestination values_;
  sftp::Settings settings_;
};

Result<std::unique_ptr<PackSink>> SftpDestinations::sink(const OrgId& org) {
  Opened opened = TRY(open(org));
  if (opened.shown.state == "draft") {
    return Error{ErrorKind::not_found, "sftp_not_checked",
                 "The SFTP server was entered, but not checked yet."};
  }
  return std::unique_ptr<PackSink>(std::make_unique<SftpSink>(*this, std::move(opened)));
}

}  // namespace trailkeeper::packs
