#include "query_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

void write_file(json::Writer& out, const deliver::DeliveredFile& file) {
  out.begin_object()
      .member("key", file.key)
      .member("bytes", file.bytes)
      .member("rows", file.rows)
      .member("sha256", file.sha256)
      .end_object();
}

void write_range(json::Writer& out, const deliver::DeliveryView& view) {
  out.member("stream", view.stream).member("window", view.window);
  member_time(out, "start", view.start);
  member_time(out, "end", view.end);
  out.member("first_seq", view.first_seq.value)
      .member("last_seq", view.last_seq.value)
      .member("entries", view.entries)
      .member("withheld", view.withheld);
}

// What can be said of it without reading the bucket: how it is signed, and whether it lay there at
// the last look.
void write_proof(json::Writer& out, const deliver::DeliveryView& view) {
  out.key("proof");
  if (view.epoch == 0) {
    out.null();
  } else {
    out.begin_object()
        .member("epoch", static_cast<std::uint64_t>(view.epoch))
        .member("size", view.last_seq.value)
        .end_object();
  }
  out.key("in_bucket").begin_object().member("state", view.presence);
  member_or_null(out, "looked_at", view.looked_at);
  out.end_object();
}

void write_history(json::Writer& out, const std::vector<deliver::DeliveryAttemptView>& history) {
  out.key("history").begin_array();
  for (const deliver::DeliveryAttemptView& attempt : history) {
    out.begin_object();
    member_time(out, "at", attempt.at);
    out.member("duration_ms", attempt.duration_ms).member("delivered", attempt.delivered);
    member_or_null(out, "request_id", attempt.request_id);
    member_or_null(out, "code", attempt.code);
    member_or_null(out, "error", attempt.error);
    member_or_null(out, "remedy", attempt.remedy);
    out.end_object();
  }
  out.end_array();
}

void write_delivery(json::Writer& out, const deliver::DeliveryView& view) {
  out.begin_object().member("id", view.id).member("destination", view.destination);
  out.member("kind", view.kind);
  write_range(out, view);
  out.member("state", view.state).key("files").begin_array();
  for (const deliver::DeliveredFile& file : view.files) write_file(out, file);
  out.end_array();
  member_or_null(out, "manifest_key", view.manifest_key);
  out.member("attempts", view.attempts).member("duration_ms", view.duration_ms);
  member_or_null(out, "request_id", view.request_id);
  member_or_null(out, "error", view.error);
  member_or_null(out, "remedy", view.remedy);
  member_or_null(out, "next_attempt_at", view.next_attempt_at);
  member_or_null(out, "delivered_at", view.delivered_at);
  write_proof(out, view);
  write_history(out, view.history);
  out.end_object();
}

Result<httpd::Response> list(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_s3(call.caller.principal, org));
  QueryReader query(call.request);
  const std::string destination = query.text("destination", 64);
  const std::size_t limit = query.number("limit", 1, kListLimitMax, kListLimit);
  const std::string cursor = query.text("cursor", 1024);
  TRY(query.finish());
  const deliver::DeliveryPage page =
      TRY(services.deliveries.deliveries(org, destination, limit, cursor));
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const deliver::DeliveryView& view : page.data) write_delivery(out, view);
  out.end_array();
  end_list(out, page.next_cursor);
  return json_response(200, out.take());
}

Result<httpd::Response> redeliver(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_s3(call.caller.principal, org));
  const deliver::By by{.actor = call.caller.principal.actor(&org), .origin = call.caller.origin};
  json::Writer out;
  write_delivery(out, TRY(services.deliveries.redeliver(org, call.text("id"), by)));
  return json_response(202, out.take());
}

}  // namespace

void add_delivery_routes(Routes& routes, const Services& services) {
  routes.add("GET", "/v1/orgs/{org}/deliveries",
             [&](const Call& call) { return list(call, services); });
  routes.add("POST", "/v1/orgs/{org}/deliveries/{id}/redeliver",
             [&](const Call& call) { return redeliver(call, services); });
}

}  // namespace trailkeeper::api
