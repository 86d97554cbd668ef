#include <memory>

#include "event_filter.h"
#include "query_reader.h"
#include "resources.h"

// The live view of a search: what is new and matches, as soon as it is there. An answer that has to
// wait holds no thread.
namespace trailkeeper::api {
namespace {

constexpr std::size_t kWaitSecondsMax = 60;
// What every JSON reader takes for a whole number.
constexpr std::int64_t kSeqMax = 9'007'199'254'740'991;

struct Asked {
  query::FeedRequest request;
  std::chrono::seconds wait{0};
  bool from_now = false;  // it only wants to know where to begin
};

// With the viewing window in the filter.
Result<Asked> read(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const access::AuditGrant grant =
      TRY(services.permissions.may_read_audit(call.caller.principal, org));
  QueryReader reader(call.request);
  const events::Filter filter = read_event_filter(reader, services.registry);
  Asked asked{.request = {.org = org}};
  const std::int64_t after = reader.integer("after_seq", 0, kSeqMax, -1);
  asked.from_now = after < 0;
  asked.request.from.after = Seq{static_cast<std::uint64_t>(std::max<std::int64_t>(after, 0))};
  asked.request.limit = reader.number("limit", 1, kListLimitMax, kListLimit);
  asked.wait = std::chrono::seconds(reader.number("wait", 0, kWaitSecondsMax, 0));
  TRY(reader.finish());
  TRY(services.store_available());
  asked.request.filter = std::make_shared<const events::Filter>(
      query::effective(filter, grant.visible_from, services.clock.now()));
  return asked;
}

httpd::Response render(const query::FeedPage& page) {
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const std::string& record : page.records) out.raw(record);
  out.end_array().member("last_seq", page.next.after.value).member("has_more", page.has_more);
  member_time(out, "watermark", page.next.watermark);
  return json_response(200, out.end_object().take());
}

// What has to live until a reader that waits is answered.
struct Waiting {
  httpd::Request request;
  httpd::Responder responder;
};

// The session may have ended while its reader waited.
Result<httpd::Response> answer(const httpd::Request& request, const OrgId& org,
                               const Result<query::FeedPage>& page, const Gate& gate,
                               const Services& services) {
  const Caller caller = TRY(gate.enter(request));
  TRY(services.permissions.may_read_audit(caller.principal, org));
  if (!page) return page.error();
  return render(*page);
}

// The answer; empty when `waiting` was handed over and will be answered when its entries come.
Result<std::optional<httpd::Response>> watch(const std::shared_ptr<Waiting>& waiting,
                                             const Gate& gate, const Services& services) {
  const Call call{waiting->request, TRY(gate.enter(waiting->request))};
  Asked asked = TRY(read(call, services));
  if (asked.from_now) {
    return std::optional(
        render({.records = {}, .next = TRY(services.feed.stored_until(asked.request.org, {}))}));
  }
  const query::FeedPage page = TRY(services.feed.read(asked.request));
  if (!page.records.empty() || asked.wait == std::chrono::seconds(0))
    return std::optional(render(page));
  asked.request.from.after = page.next.after;
  const auto done = [waiting, org = asked.request.org, &gate,
                     &services](const Result<query::FeedPage>& found) {
    send(answer(waiting->request, org, found, gate, services), waiting->request,
         std::move(waiting->responder));
  };
  TRY(services.feed_waiters.wait(asked.request, asked.wait, done));
  return std::optional<httpd::Response>();
}

}  // namespace

void add_live_routes(Routes& routes, const Services& services) {
  const Gate& gate = routes.gate();
  routes.router().add(
      "GET", "/v1/orgs/{org}/events/live",
      [&gate, &services](httpd::Request request, httpd::Responder responder) {
        const auto waiting =
            std::make_shared<Waiting>(Waiting{std::move(request), std::move(responder)});
        auto response = watch(waiting, gate, services);
        if (!response) {
          send(std::move(response).error(), waiting->request, std::move(waiting->responder));
        } else if (*response) {
          send(std::move(**response), waiting->request, std::move(waiting->responder));
        }
      });
}

}  // namespace trailkeeper::api
