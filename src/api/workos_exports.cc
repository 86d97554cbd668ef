#include "file_response.h"
#include "object_reader.h"
#include "query_reader.h"
#include "resources.h"

// Exports as WorkOS' clients ask for them, and the address of the finished file.
namespace trailkeeper::api {
namespace {

constexpr std::size_t kNamesMax = 20;

Error no_such_export() {
  return {ErrorKind::not_found, "export_not_found", "There is no such download."};
}

std::string_view state_name(settings::ExportState state) {
  switch (state) {
    case settings::ExportState::queued:
    case settings::ExportState::running:
      return "pending";
    case settings::ExportState::ready:
      return "ready";
    case settings::ExportState::expired:
      return "expired";
    default:
      return "error";
  }
}

httpd::Response render(int status, const settings::Export& record, const std::string& url) {
  json::Writer out;
  out.begin_object()
      .member("object", "audit_log_export")
      .member("id", record.id.str())
      .member("state", state_name(record.state));
  if (!url.empty()) out.member("url", url);
  member_time(out, "created_at", record.created_at);
  member_time(out, "updated_at", record.ready_at.value_or(record.created_at));
  return json_response(status, out.end_object().take());
}

struct Wanted {
  OrgId org;
  exports::ExportRequest request;
};

Result<Wanted> parse(const JsonBody& body) {
  ObjectReader reader(body.root());
  const std::string org = reader.text("organization_id", {.bytes_max = 64});
  exports::ExportRequest request;
  request.filter.from = reader.time("range_start");
  request.filter.to = reader.time("range_end");
  request.filter.actions = reader.texts("actions", kNamesMax);
  request.filter.actor_names = reader.texts("actor_names", kNamesMax);
  for (std::string& name : reader.texts("actors", kNamesMax)) {
    request.filter.actor_names.push_back(std::move(name));
  }
  request.filter.actor_ids = reader.texts("actor_ids", kNamesMax);
  request.filter.target_types = reader.texts("targets", kNamesMax);
  if (auto done = reader.finish(); !done) {
    Error error = std::move(done).error();
    // Their clients expect 400 of this one.
    error.code = "invalid_request";
    return error;
  }
  auto id = OrgId::parse(org);
  if (!id) return Error{ErrorKind::not_found, "org_not_found", "There is no such organization."};
  return Wanted{*std::move(id), std::move(request)};
}

exports::Requester requester(const access::Principal& principal, const OrgId& org,
                             settings::Origin origin) {
  return {principal.actor(&org), std::move(origin)};
}

Result<httpd::Response> create(const Call& call, const Services& services) {
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const Wanted wanted = TRY(parse(body));
  const access::AuditGrant grant =
      TRY(services.permissions.may_read_audit(call.caller.principal, wanted.org));
  const settings::Export record = TRY(services.exports.request(
      grant.org, grant.visible_from,
      requester(call.caller.principal, wanted.org, call.caller.origin), wanted.request));
  return render(201, record, "");
}

Result<httpd::Response> show(const Call& call, const Services& services,
                             const std::string& public_url) {
  const auto id = Uuid::parse(call.text("id"));
  if (!id) return no_such_export();
  const settings::Export record = TRY(services.exports.find(*id));
  auto grant = services.permissions.may_read_audit(call.caller.principal, record.org);
  if (!grant && grant.error().kind == ErrorKind::not_found) return no_such_export();
  if (!grant) return std::move(grant).error();
  if (record.state != settings::ExportState::ready) return render(200, record, "");
  const auto* key = call.caller.principal.key();
  const std::string token =
      TRY(services.export_links.make(record, key != nullptr ? key->id : Uuid{}));
  return render(200, record,
                public_url + "/audit_logs/exports/" + record.id.str() + "/file?token=" + token);
}

// Who asked for the address: the key must still be there. An address that admin.sock asked for
// has none.
Result<access::Principal> asked_by(const settings::ExportLink& link, const Services& services) {
  if (link.key == Uuid{}) return access::Principal(access::SocketOperator{});
  const settings::Key key = TRY(services.keys.find(link.key));
  const bool ended = key.revoked_at || (key.expires_at && *key.expires_at <= services.clock.now());
  if (ended) return no_such_export();
  access::ApplicationKey application{.id = key.id, .application = key.application};
  application.org = key.org;
  application.scopes = key.scopes;
  return access::Principal(std::move(application));
}

Result<httpd::Response> fetch(const httpd::Request& request, const Routes& routes,
                              const Services& services) {
  QueryReader query(request);
  const std::string token = query.text("token");
  TRY(query.finish());
  const settings::ExportLink link = TRY(services.export_links.find(token));
  // The address opens one object and nothing else.
  if (request.parameter("id") != link.export_id.str()) return no_such_export();
  const access::Principal principal = TRY(asked_by(link, services));
  TRY(services.permissions.may_read_audit(principal, link.org));
  return file_response(TRY(services.exports.open(
      link.org, link.export_id, requester(principal, link.org, routes.gate().origin(request)))));
}

}  // namespace

void add_workos_export_routes(Routes& routes, const Services& services, const Options& options) {
  routes.add(
      "POST", "/audit_logs/exports", [&](const Call& call) { return create(call, services); },
      Surface::workos);
  routes.add(
      "GET", "/audit_logs/exports/{id}",
      [&](const Call& call) { return show(call, services, options.public_url); }, Surface::workos);
  routes.router().add("GET", "/audit_logs/exports/{id}/file",
                      [&](httpd::Request request, httpd::Responder responder) {
                        auto response = fetch(request, routes, services);
                        send(std::move(response), request, std::move(responder), Surface::workos);
                      });
}

}  // namespace trailkeeper::api
