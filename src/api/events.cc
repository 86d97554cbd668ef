#include "event_filter.h"
#include "query_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

std::string render(const query::Page& page) {
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const std::string& record : page.records) out.raw(record);
  out.end_array();
  member_or_null(out, "next_cursor", page.next_cursor);
  out.member("has_more", !page.next_cursor.empty());
  member_time(out, "watermark", page.watermark);
  out.member("head_seq", page.head_seq.value);
  out.key("total")
      .begin_object()
      .member("value", page.total.value)
      .member("relation", page.total.exact ? "eq" : "gte")
      .end_object();
  return out.end_object().take();
}

Result<httpd::Response> search(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const access::AuditGrant grant =
      TRY(services.permissions.may_read_audit(call.caller.principal, org));
  QueryReader reader(call.request);
  query::SearchRequest request{.org = org, .filter = read_event_filter(reader, services.registry)};
  request.limit = reader.number("limit", 1, kListLimitMax, kListLimit);
  request.ascending = reader.choice("order", {"desc", "asc"}) == "asc";
  request.cursor = reader.text("cursor", 1024);
  TRY(reader.finish());
  TRY(services.store_available());
  request.visible_from = grant.visible_from;
  return json_response(200, render(TRY(services.query.search(request))));
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const access::AuditGrant grant =
      TRY(services.permissions.may_read_audit(call.caller.principal, org));
  const Uuid id = TRY(call.uuid("entry"));
  TRY(services.store_available());
  return json_response(200, TRY(services.query.get(org, id, grant.visible_from)));
}

}  // namespace

void add_event_routes(Routes& routes, const Services& services) {
  routes.add("GET", "/v1/orgs/{org}/events",
             [&](const Call& call) { return search(call, services); });
  routes.add("GET", "/v1/orgs/{org}/events/{id}",
             [&](const Call& call) { return show(call, services); });
}

}  // namespace trailkeeper::api
