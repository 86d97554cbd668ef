#include "access/looks.h"

#include "object_reader.h"
#include "query_reader.h"
#include "resources.h"

// Reading a customer's trail as the vendor: looks begin, are listed and end.
namespace trailkeeper::api {
namespace {

void write_look(json::Writer& out, const settings::Look& look, const Services& services) {
  out.begin_object().member("id", look.id.str()).key("org").begin_object();
  out.member("id", look.org.str());
  if (const auto org = services.orgs.find(look.org)) {
    out.member("name", org->name);
    write_entitlements(out, org->entitlements);
    out.member("viewing_window_days", org->viewing_window_days);
  }
  out.end_object().member("reason", look.reason);
  member_time(out, "started_at", look.started_at);
  member_time(out, "expires_at", look.expires_at);
  out.end_object();
}

Result<httpd::Response> begin(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  // Whoever is no operator learns nothing of organizations here.
  TRY(services.permissions.may_see_org(call.caller.principal, org));
  TRY(services.permissions.may_operate(call.caller.principal));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const std::string reason = reader.text("reason", {.bytes_max = access::kLookReasonBytesMax});
  TRY(reader.finish());
  const settings::Look look =
      TRY(services.looks.begin(call.caller.principal, call.caller.origin, org, reason));
  json::Writer out;
  write_look(out, look, services);
  return json_response(201, out.take());
}

Result<httpd::Response> list(const Call& call, const Services& services) {
  TRY(services.permissions.may_operate(call.caller.principal));
  TRY(QueryReader(call.request).finish());
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const settings::Look& look : services.looks.list(call.caller.principal)) {
    write_look(out, look, services);
  }
  return json_response(200, out.end_array().end_object().take());
}

Result<httpd::Response> end(const Call& call, const Services& services) {
  TRY(services.permissions.may_operate(call.caller.principal));
  TRY(services.looks.end(call.caller.principal, call.caller.origin, TRY(call.uuid("look"))));
  return empty_response(204);
}

}  // namespace

void add_look_routes(Routes& routes, const Services& services) {
  routes.add("POST", "/v1/orgs/{org}/looks",
             [&](const Call& call) { return begin(call, services); });
  routes.add("GET", "/v1/looks", [&](const Call& call) { return list(call, services); });
  routes.add("DELETE", "/v1/looks/{id}", [&](const Call& call) { return end(call, services); });
}

}  // namespace trailkeeper::api
