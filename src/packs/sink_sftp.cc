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

 private:
  using Failed = std::optional<deliver::SinkFailure>;

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
