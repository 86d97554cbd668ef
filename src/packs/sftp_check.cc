#include <chrono>
#include <functional>

#include "base/ids.h"
#include "memory_file.h"
#include "packs/sftp.h"
#include "sftp_failures.h"

// What a delivery will do, tried step by step.
namespace trailkeeper::packs {

namespace {

constexpr std::string_view kProbe =
    "Trailkeeper tried whether it may write here. This file can be deleted.\n";

class Run {
 public:
  Run(const settings::SftpDestination& values, sftp::Settings settings,
      const httpc::AddressPolicy& addresses)
      : values_(values), settings_(std::move(settings)), addresses_(addresses) {
    name_ = below(values.path, ".trailkeeper-check-" + random_base32(8));
  }

  SftpCheck all() {
    if (resolve() && connect() && folder() && write() && rename()) remove();
    if (failure_ && connection_) clear_away();
    check_.ok = !failure_;
    return std::move(check_);
  }
  const std::optional<deliver::SinkFailure>& failure() const { return failure_; }

 private:
  void add(std::string name, bool ok, std::string detail, std::string remedy = {}) {
    auto now = std::chrono::steady_clock::now();
    check_.checks.push_back(
        {.name = std::move(name),
         .ok = ok,
         .detail = std::move(detail),
         .remedy = std::move(remedy),
         .request_id = {},
         .duration_ms =
             std::chrono::duration_cast<std::chrono::milliseconds>(now - began_).count()});
    began_ = now;
  }
  bool fail(const char* name, deliver::SinkFailure failure) {
    add(name, false, failure.message, failure.remedy);
    failure_ = std::move(failure);
    return false;
  }
  template <typename T>
  bool tried(const char* name, const sftp::Outcome<T>& outcome, std::string detail) {
    if (!outcome) return fail(name, explain(outcome.error(), values_));
    add(name, true, std::move(detail));
    return true;
  }

  bool resolve() {
    auto address = httpc::resolve_checked(values_.host, addresses_);
    if (!address) return fail("resolve", explain_address(address.error(), values_));
    settings_.connect_address = *address;
    add("resolve", true, values_.host + " is " + *address + ".");
    return true;
  }

  // One connection shows three things; which of them failed is in the code.
  bool connect() {
    auto connection = sftp::Connection::open(settings_);
    std::string code = connection ? "" : connection.error().code;
    if (connection) check_.host_key = (*connection)->server().host_key;
    if (!connection) check_.host_key = connection.error().host_key;
    for (const char* early : {"connect", "timeout", "cut", "no_common_algorithm", "library"}) {
      if (code == early) return fail("connect", explain(connection.error(), values_));
    }
    add("connect", true, values_.host + " answers on port " + std::to_string(values_.port) + ".");
    if (code == "host_key_unknown" || code == "host_key_changed") {
      return fail("host_key", explain(connection.error(), values_));
    }
    add("host_key", true, "The server has the confirmed key " + settings_.host_key + ".");
    if (!tried("sign_in", connection, "User " + values_.user + " is let in.")) return false;
    connection_ = *std::move(connection);
    return true;
  }

  bool folder() {
    if (values_.path.empty()) {
      add("folder", true, "Files go where the server puts the user.");
      return true;
    }
    return tried("folder", connection_->make_folders(values_.path),
                 "The folder " + values_.path + " is there.");
  }

  sftp::Outcome<sftp::Uploaded> send(const std::string& target) {
    return connection_->upload({.local_path = probe_.path(),
                                .bytes = kProbe.size(),
                                .temporary = name_ + ".tmp",
                                .target = target});
  }

  bool write() {
    std::string synced =
        connection_->server().fsync
            ? "A file can be written, and is synced to the disk."
            : "A file can be written. The server cannot say when it is on the disk.";
    return tried("write", send(name_), synced);
  }

  bool rename() {
    auto second = send(name_ + ".2");
    if (!second) return fail("rename", explain(second.error(), values_));
    return tried("rename", connection_->rename(name_ + ".2", name_),
                 connection_->server().posix_rename
                     ? "A file is replaced at once by another."
                     : "A file can be replaced; for a moment there is none, as this server cannot "
                       "do it at once.");
  }

  // As far as the server lets us.
  void clear_away() {
    for (const char* ending : {"", ".2", ".tmp"}) (void)connection_->remove_file(name_ + ending);
  }

  void remove() { tried("delete", connection_->remove_file(name_), "The file is gone again."); }

  const settings::SftpDestination& values_;
  sftp::Settings settings_;
  const httpc::AddressPolicy& addresses_;
  const MemoryFile probe_{kProbe};
  std::string name_;
  std::unique_ptr<sftp::Connection> connection_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  SftpCheck check_;
  std::optional<deliver::SinkFailure> failure_;
};

}  // namespace

Result<SftpCheck> SftpDestinations::check(const OrgId& org, const deliver::By&) {
  Opened opened = TRY(open(org));
  Run run(opened.shown, opened.settings, addresses_);
  SftpCheck check = run.all();
  TRY(note(opened.shown, run.failure(), checks_json(check.checks), false));
  return check;
}

}  // namespace trailkeeper::packs
