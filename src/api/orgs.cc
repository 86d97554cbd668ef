#include "intake_limits.h"
#include "object_reader.h"
#include "query_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

void write_org(json::Writer& out, const settings::Org& org,
               const query::OrgActivity* activity = nullptr) {
  out.begin_object().member("id", org.id.str()).member("name", org.name);
  write_entitlements(out, org.entitlements);
  out.member("viewing_window_days", org.viewing_window_days)
      .member("retention_days", org.retention_days)
      .member("link_hours", org.link_hours);
  write_limits(out, org.limits);
  member_time(out, "created_at", org.created_at);
  if (activity != nullptr) write_activity(out, *activity);
  out.end_object();
}

httpd::Response render(int status, const settings::Org& org) {
  json::Writer out;
  write_org(out, org);
  return json_response(status, out.take());
}

std::optional<int> small(ObjectReader& reader, std::string_view key, int max) {
  const auto value = reader.optional_integer(key, 1, max);
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

Result<access::OrgChange> parse_change(const JsonBody& body) {
  access::OrgChange change;
  ObjectReader reader(body.root());
  change.name = reader.optional_text("name", {.bytes_max = 800});
  if (const auto node = reader.optional_object("entitlements")) {
    ObjectReader part(*node, reader.pointer_of("entitlements"));
    change.audit_logs = part.optional_boolean("audit_logs");
    change.data_packs = part.optional_boolean("data_packs");
    change.s3 = part.optional_boolean("s3");
    reader.join(part);
  }
  change.viewing_window_days = small(reader, "viewing_window_days", 3650);
  change.retention_days = small(reader, "retention_days", 3650);
  change.link_hours = small(reader, "link_hours", 168);
  change.limits = read_limits(reader);
  TRY(reader.finish());
  return change;
}

Result<httpd::Response> put(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_put_org(call.caller.principal, org));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const access::OrgChange change = TRY(parse_change(body));
  const access::OrgPut put =
      TRY(services.orgs.put(call.caller.principal, call.caller.origin, org, change));
  return render(put.created ? 201 : 200, put.org);
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  return render(200, TRY(services.permissions.may_see_org(call.caller.principal, org)));
}

Result<httpd::Response> list(const Call& call, const Services& services) {
  TRY(services.permissions.may_list_orgs(call.caller.principal));
  QueryReader query(call.request);
  const std::string text = query.text("q");
  const std::size_t limit = query.number("limit", 1, kListLimitMax, kListLimit);
  const std::string after = query.text("cursor", 1024);
  TRY(query.finish());
  if (!after.empty() && !OrgId::parse(after)) return bad_cursor();
  auto orgs = TRY(services.orgs.list(text, after, limit + 1));
  const bool more = orgs.size() > limit;
  if (more) orgs.resize(limit, orgs.front());
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const settings::Org& org : orgs) {
    const query::OrgActivity activity = services.activity.of(org.id);
    write_org(out, org, &activity);
  }
  out.end_array();
  end_list(out, more ? orgs.back().id.str() : std::string());
  return json_response(200, out.take());
}

}  // namespace

void write_entitlements(json::Writer& out, const settings::Entitlements& entitlements) {
  out.key("entitlements")
      .begin_object()
      .member("audit_logs", entitlements.audit_logs)
      .member("data_packs", entitlements.data_packs)
      .member("s3", entitlements.s3)
      .end_object();
}

void add_org_routes(Routes& routes, const Services& services) {
  routes.add("GET", "/v1/orgs", [&](const Call& call) { return list(call, services); });
  routes.add("GET", "/v1/orgs/{org}", [&](const Call& call) { return show(call, services); });
  routes.add("PUT", "/v1/orgs/{org}", [&](const Call& call) { return put(call, services); });
}

}  // namespace trailkeeper::api
