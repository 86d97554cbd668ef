#include <algorithm>

#include "base/ascii.h"
#include "json/writer.h"
#include "packs/sftp.h"
#include "settings/outbox.h"

namespace trailkeeper::packs {

namespace {

using settings::ReadTx;
using settings::SftpDestination;
using settings::WriteTx;

constexpr settings::ActionInfo kChanged{"trailkeeper.sftp.changed", "Changed SFTP integration",
                                        "Integrations", "configuration", "update"};
constexpr settings::ActionInfo kRemoved{"trailkeeper.sftp.disconnected",
                                        "Disconnected SFTP integration", "Integrations",
                                        "configuration", "delete"};

constexpr std::string_view kTable = "sftp_destinations";

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 253 && text.front() != '-' && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                  c == ':' || c == '_';
         });
}

// What libssh takes for a name, which keeps it out of shells.
bool is_user(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text.front() != '-' && !has_control(text) &&
         text.find_first_of("'`\";&<>|(){}\\") == std::string_view::npos && text.back() != ' ';
}

bool is_path(std::string_view text) {
  if (text.size() > 512 || has_control(text)) return false;
  std::string inside = "/" + std::string(text) + "/";
  return inside.find("/../") == std::string::npos && inside.find("/./") == std::string::npos &&
         text.find("//") == std::string_view::npos;
}

std::vector<FieldProblem> problems_of(const SftpDestination& values, const SftpRequest& request) {
  std::vector<FieldProblem> problems;
  auto need = [&](bool good, const char* pointer, const char* code, const char* detail) {
    if (!good) problems.push_back({pointer, code, detail});
  };
  need(is_host(values.host), "/host", "host",
       "Give a name such as sftp.example.com or an address.");
  need(values.port >= 1 && values.port <= 65535, "/port", "port", "Give a port from 1 to 65535.");
  need(is_user(values.user), "/user", "user",
       "Give the user's name, without quotes or signs of a shell.");
  need(is_path(values.path), "/path", "path",
       "Give a folder such as /incoming/packs, without empty parts and without dots as parts.");
  need(values.host_key.empty() || sftp::is_host_key(values.host_key), "/host_key", "host_key",
       "Give the key's kind and fingerprint, such as ssh-ed25519 SHA256:...");
  if (request.auth && !request.auth->private_key.empty()) {
    auto readable = sftp::check_private_key(request.auth->private_key, request.auth->passphrase);
    need(static_cast<bool>(readable), "/auth/private_key", "private_key",
         "This is no private key in OpenSSH's or PEM form, or its passphrase is another.");
  }
  return problems;
}

std::string quoted(std::string_view text) {
  std::string out;
  if (!text.empty()) json::append_string_lossy(out, text);
  return out;
}

std::vector<settings::Change> changes_between(const SftpDestination& was,
                                              const SftpDestination& is) {
  std::vector<settings::Change> changes;
  auto add = [&](const char* field, std::string before, std::string after) {
    if (before != after) changes.push_back({field, std::move(before), std::move(after)});
  };
  add("host", quoted(was.host), quoted(is.host));
  add("port", was.host.empty() ? "" : std::to_string(was.port), std::to_string(is.port));
  add("user", quoted(was.user), quoted(is.user));
  add("path", quoted(was.path), quoted(is.path));
  add("host_key", quoted(was.host_key), quoted(is.host_key));
  // Never the secrets; that they changed is what counts.
  bool same = was.password == is.password && was.private_key == is.private_key;
  if (!same) changes.push_back({"auth", was.host.empty() ? "" : "\"before\"", "\"changed\""});
  return changes;
}

bool same_values(const SftpDestination& a, const SftpDestination& b) {
  return a.host == b.host && a.port == b.port && a.user == b.user && a.path == b.path &&
         a.host_key == b.host_key && a.password == b.password && a.private_key == b.private_key &&
         a.passphrase == b.passphrase;
}

SftpView view_of(SftpDestination values) {
  bool password = !values.password.empty(), private_key = !values.private_key.empty();
  values.password.clear();
  values.private_key.clear();
  values.passphrase.clear();
  return {.values = std::move(values), .has_password = password, .has_private_key = private_key};
}

Error not_set() {
  return {ErrorKind::not_found, "sftp_not_set", "This organization has no SFTP server."};
}

Result<> entry(WriteTx& tx, const settings::ActionInfo& info, const OrgId& org,
               const deliver::By& by, std::vector<settings::Change> changes, Timestamp now) {
  settings::OwnAction action{.info = info,
                             .org = org,
                             .actor = by.actor,
                             .origin = by.origin,
                             .changes = std::move(changes)};
  action.targets.push_back({"sftp_integration", org.str()});
  return settings::add_to_outbox(tx, action, now);
}

}  // namespace

std::string checks_json(const std::vector<deliver::Check>& checks) {
  json::Writer out;
  out.begin_array();
  auto text = [&](const char* name, const std::string& value) {
    out.key(name);
    std::string encoded;
    json::append_string_lossy(encoded, value);
    value.empty() ? out.null() : out.raw(encoded);
  };
  for (const deliver::Check& check : checks) {
    out.begin_object().member("name", check.name).member("ok", check.ok);
    text("detail", check.detail);
    text("remedy", check.remedy);
    out.member("duration_ms", check.duration_ms).end_object();
  }
  return out.end_array().take();
}

SftpDestinations::SftpDestinations(settings::Store& store, const crypto::Sealer& sealer,
                                   httpc::AddressPolicy addresses, const Clock& clock)
    : store_(store), sealer_(sealer), addresses_(std::move(addresses)), clock_(clock) {}

std::string SftpDestinations::seal(const OrgId& org, std::string_view column,
                                   const std::string& secret) const {
  if (secret.empty()) return {};
  return sealer_.seal({.table = kTable, .column = column, .row = org.str()}, secret);
}

Result<std::string> SftpDestinations::unseal(const OrgId& org, std::string_view column,
                                             const std::string& sealed) const {
  if (sealed.empty()) return std::string();
  return sealer_.open({.table = kTable, .column = column, .row = org.str()}, sealed);
}

Result<SftpView> SftpDestinations::get(const OrgId& org) {
  auto found =
      TRY(store_.read([&](ReadTx& tx) { return settings::find_sftp_destination(tx, org); }));
  if (!found) return not_set();
  return view_of(*std::move(found));
}

Result<SftpDestination> SftpDestinations::merged(const OrgId& org, const SftpRequest& request,
                                                 std::optional<SftpDestination> before) const {
  SftpDestination after = before.value_or(SftpDestination{.org = org});
  std::string host = lower_ascii(request.host);
  bool same_server = after.host == host && after.port == request.port;
  if (!same_server) after.host_key.clear();
  if (!same_server || after.user != request.user) {
    after.password.clear();
    after.private_key.clear();
    after.passphrase.clear();
  }
  after.host = host;
  after.port = request.port;
  after.user = request.user;
  after.path = request.path;
  if (after.path.size() > 1 && after.path.ends_with('/')) after.path.pop_back();
  if (request.host_key) after.host_key = *request.host_key;
  auto problems = problems_of(after, request);
  if (!problems.empty()) {
    return Error{ErrorKind::invalid, "invalid_field", "Some values cannot be taken.",
                 std::move(problems)};
  }
  if (request.auth) {
    after.password = seal(org, "password", request.auth->password);
    after.private_key = seal(org, "private_key", request.auth->private_key);
    after.passphrase = seal(org, "passphrase", request.auth->passphrase);
  }
  if (before && same_values(*before, after)) return after;
  after.state = "draft";
  after.reason.clear();
  after.detail.clear();
  after.remedy.clear();
  after.checks.clear();
  after.checked_at.reset();
  after.updated_at = clock_.now();
  return after;
}

Result<SftpView> SftpDestinations::put(const OrgId& org, const SftpRequest& request,
                                       const deliver::By& by) {
  auto after = TRY(store_.write([&](WriteTx& tx) -> Result<SftpDestination> {
    auto before = TRY(settings::find_sftp_destination(tx, org));
    auto after = TRY(merged(org, request, before));
    auto changes = changes_between(before.value_or(SftpDestination{.org = org}), after);
    if (before && changes.empty()) return after;
    TRY(settings::put_sftp_destination(tx, after));
    TRY(entry(tx, kChanged, org, by, std::move(changes), clock_.now()));
    return after;
  }));
  return view_of(std::move(after));
}

Result<> SftpDestinations::remove(const OrgId& org, const deliver::By& by) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    auto before = TRY(settings::find_sftp_destination(tx, org));
    if (!before) return not_set();
    TRY(settings::remove_sftp_destination(tx, org));
    return entry(tx, kRemoved, org, by, {{"host", quoted(before->host), ""}}, clock_.now());
  });
}

Result<SftpDestinations::Opened> SftpDestinations::open(const OrgId& org) {
  auto found =
      TRY(store_.read([&](ReadTx& tx) { return settings::find_sftp_destination(tx, org); }));
  if (!found) return not_set();
  sftp::Settings settings{.host = found->host,
                          .connect_address = "",
                          .port = static_cast<std::uint16_t>(found->port),
                          .user = found->user,
                          .password = TRY(unseal(org, "password", found->password)),
                          .private_key = TRY(unseal(org, "private_key", found->private_key)),
                          .passphrase = TRY(unseal(org, "passphrase", found->passphrase)),
                          .host_key = found->host_key};
  return Opened{.shown = *std::move(found), .settings = std::move(settings)};
}

Result<> SftpDestinations::note(const SftpDestination& shown,
                                const std::optional<deliver::SinkFailure>& failure,
                                const std::optional<std::string>& checks, bool delivered) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    auto found = TRY(settings::find_sftp_destination(tx, shown.org));
    if (!found || !same_values(*found, shown)) return {};
    SftpDestination after = *found;
    if (checks) {
      after.checks = *checks;
      after.checked_at = clock_.now();
    }
    if (delivered) after.last_success_at = clock_.now();
    bool mended = !failure && (checks || delivered);
    bool theirs = failure && failure->blame == deliver::Blame::customer;
    if (mended) after.state = "active";
    if (theirs && after.state == "active") after.state = "suspended";
    if (mended || (theirs && after.state == "suspended")) {
      after.reason = failure ? failure->code : "";
      after.detail = failure ? failure->message : "";
      after.remedy = failure ? failure->remedy : "";
    }
    return settings::put_sftp_destination(tx, after);
  });
}

}  // namespace trailkeeper::packs
