#include "object_reader.h"
#include "packs/sftp.h"
#include "resources.h"

// The SFTP server that an organization's data packs go to.
namespace trailkeeper::api {
namespace {

std::string_view auth_method(const packs::SftpView& view) {
  if (view.has_password && view.has_private_key) return "both";
  if (view.has_password) return "password";
  return view.has_private_key ? "private_key" : "none";
}

httpd::Response render(int status, const packs::SftpView& view) {
  const settings::SftpDestination& values = view.values;
  json::Writer out;
  out.begin_object().member("state", values.state);
  member_or_null(out, "reason", values.reason);
  member_or_null(out, "detail", values.detail);
  member_or_null(out, "remedy", values.remedy);
  out.member("host", values.host).member("port", values.port).member("user", values.user);
  member_or_null(out, "path", values.path);
  out.key("auth").begin_object().member("method", auth_method(view)).end_object();
  member_or_null(out, "host_key", values.host_key);
  out.key("checks").raw(values.checks.empty() ? std::string_view("[]") : values.checks);
  member_or_null(out, "checked_at", values.checked_at);
  member_or_null(out, "last_success_at", values.last_success_at);
  member_time(out, "updated_at", values.updated_at);
  return json_response(status, out.end_object().take());
}

Result<OrgId> org_of(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_data_packs(call.caller.principal, org));
  return org;
}

deliver::By by(const Call& call, const OrgId& org) {
  return {.actor = call.caller.principal.actor(&org), .origin = call.caller.origin};
}

std::optional<packs::SftpAuth> read_auth(ObjectReader& reader) {
  const auto node = reader.optional_object("auth");
  if (!node) return std::nullopt;
  ObjectReader secrets(*node, reader.pointer_of("auth"));
  packs::SftpAuth auth;
  auth.password = secrets.optional_text("password", {.bytes_max = 1024}).value_or("");
  auth.private_key = secrets.optional_text("private_key", {.bytes_max = 16384}).value_or("");
  auth.passphrase = secrets.optional_text("passphrase", {.bytes_max = 1024}).value_or("");
  if (auth.password.empty() && auth.private_key.empty()) {
    secrets.refuse("password", "missing", "Give a password or a private key.");
  }
  reader.join(secrets);
  return auth;
}

Result<packs::SftpRequest> read_request(const Call& call) {
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  packs::SftpRequest request;
  request.host = reader.text("host", {.bytes_max = 253});
  request.port = static_cast<int>(reader.optional_integer("port", 1, 65535).value_or(22));
  request.user = reader.text("user", {.bytes_max = 128});
  request.path =
      reader.optional_text("path", {.bytes_max = 512, .may_be_empty = true}).value_or("");
  request.auth = read_auth(reader);
  request.host_key = reader.optional_text("host_key", {.bytes_max = 128});
  TRY(reader.finish());
  return request;
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  const OrgId org = TRY(org_of(call, services));
  return render(200, TRY(services.sftp.get(org)));
}

Result<httpd::Response> put(const Call& call, const Services& services) {
  const OrgId org = TRY(org_of(call, services));
  const packs::SftpRequest request = TRY(read_request(call));
  const auto found = services.sftp.get(org);
  if (!found && found.error().kind != ErrorKind::not_found) return found.error();
  return render(found ? 200 : 201, TRY(services.sftp.put(org, request, by(call, org))));
}

Result<httpd::Response> remove(const Call& call, const Services& services) {
  const OrgId org = TRY(org_of(call, services));
  TRY(services.sftp.remove(org, by(call, org)));
  return empty_response(204);
}

Result<httpd::Response> check(const Call& call, const Services& services) {
  const OrgId org = TRY(org_of(call, services));
  const packs::SftpCheck check = TRY(services.sftp.check(org, by(call, org)));
  json::Writer out;
  out.begin_object().member("ok", check.ok);
  member_or_null(out, "host_key", check.host_key);
  out.key("checks").raw(packs::checks_json(check.checks));
  return json_response(200, out.end_object().take());
}

}  // namespace

void add_sftp_routes(Routes& routes, const Services& services) {
  const std::string place = "/v1/orgs/{org}/integrations/sftp";
  routes.add("GET", place, [&](const Call& call) { return show(call, services); });
  routes.add("PUT", place, [&](const Call& call) { return put(call, services); });
  routes.add("DELETE", place, [&](const Call& call) { return remove(call, services); });
  routes.add("POST", place + "/check", [&](const Call& call) { return check(call, services); });
}

}  // namespace trailkeeper::api
