#include <algorithm>
#include <memory>

#include "base/ascii.h"
#include "query_reader.h"
#include "resources.h"

// The feed: an organization's entries in the order of commit, for programs that follow them. An
// answer that has to wait for entries holds no thread.
namespace trailkeeper::api {
namespace {

constexpr std::size_t kFeedLimit = 200;
constexpr std::size_t kWaitSecondsMax = 60;
// What every JSON reader takes for a whole number.
constexpr std::size_t kSeqMax = 9'007'199'254'740'991;

struct Asked {
  query::FeedRequest request;
  std::chrono::seconds wait{0};
  bool lines = false;  // NDJSON
};

// Whether the client wants lines. Anything else gets JSON.
bool wants_lines(const httpd::Request& request) {
  const auto accept = request.header("Accept");
  if (!accept) return false;
  const std::string types = lower_ascii(*accept);
  return types.find("application/x-ndjson") != std::string::npos ||
         types.find("application/jsonl") != std::string::npos;
}

Result<> may_follow(const Caller& caller, const OrgId& org, const Services& services) {
  TRY(services.permissions.may_read_audit(caller.principal, org));
  if (caller.principal.person() == nullptr) return {};
  return Error{ErrorKind::forbidden, "key_needed",
               "The feed is for programs: it reaches back as far as entries are kept and is read "
               "with an application key of scope read."};
}

Result<query::FeedPosition> start_of(QueryReader& reader, const OrgId& org,
                                     const Services& services) {
  const std::string cursor = reader.text("cursor", 1024);
  const std::size_t first = reader.number("from_seq", 1, kSeqMax, 0);
  if (first != 0 && !cursor.empty()) {
    reader.refuse("from_seq", "invalid_field", "It goes without a cursor, which says it already.");
  }
  query::FeedPosition start{.after = Seq{first == 0 ? 0 : first - 1}};
  TRY(reader.finish());
  if (!cursor.empty()) start = TRY(services.feed.position(org, cursor));
  return start;
}

Result<Asked> read(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(may_follow(call.caller, org, services));
  QueryReader reader(call.request);
  Asked asked{.request = {.org = org}};
  asked.request.limit = reader.number("limit", 1, query::kFeedRowsMax, kFeedLimit);
  asked.wait = std::chrono::seconds(reader.number("wait", 0, kWaitSecondsMax, 0));
  asked.request.from = TRY(start_of(reader, org, services));
  asked.lines = wants_lines(call.request);
  TRY(services.store_available());
  return asked;
}

httpd::Response render_lines(const query::FeedPage& page, const std::string& cursor,
                             Timestamp watermark) {
  httpd::Response response;
  response.set("Content-Type", "application/x-ndjson");
  response.set("Cache-Control", "no-store");
  response.set("Vary", "Accept");
  response.set("Trailkeeper-Next-Cursor", cursor);
  response.set("Trailkeeper-Has-More", page.has_more ? "true" : "false");
  response.set("Trailkeeper-Watermark", format_rfc3339(watermark));
  std::string body;
  for (const std::string& record : page.records) body.append(record).push_back('\n');
  response.body = std::move(body);
  return response;
}

httpd::Response render(const query::FeedPage& page, const Asked& asked, const Services& services) {
  query::FeedPosition next = page.next;
  next.watermark = std::max(next.watermark, asked.request.from.watermark);
  const std::string cursor = services.feed.cursor(asked.request.org, next);
  if (asked.lines) return render_lines(page, cursor, next.watermark);
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const std::string& record : page.records) out.raw(record);
  out.end_array().member("next_cursor", cursor).member("has_more", page.has_more);
  member_time(out, "watermark", next.watermark);
  httpd::Response response = json_response(200, out.end_object().take());
  response.set("Vary", "Accept");
  return response;
}

// What has to live until a reader that waits is answered.
struct Waiting {
  httpd::Request request;
  httpd::Responder responder;
};

// The key may have been revoked while its reader waited.
Result<httpd::Response> answer(const httpd::Request& request, const Asked& asked,
                               const Result<query::FeedPage>& page, const Gate& gate,
                               const Services& services) {
  const Caller caller = TRY(gate.enter(request));
  TRY(may_follow(caller, asked.request.org, services));
  if (!page) return page.error();
  return render(*page, asked, services);
}

// The answer; empty when `waiting` was handed over and will be answered when its entries come.
Result<std::optional<httpd::Response>> follow(const std::shared_ptr<Waiting>& waiting,
                                              const Gate& gate, const Services& services) {
  const Call call{waiting->request, TRY(gate.enter(waiting->request))};
  const Asked asked = TRY(read(call, services));
  auto page = services.feed.read(asked.request);
  const bool nothing = page ? page->records.empty() : page.error().code == "entry_missing";
  if (!nothing || asked.wait == std::chrono::seconds(0)) {
    if (!page) return std::move(page).error();
    return std::optional(render(*page, asked, services));
  }
  const auto done = [waiting, asked, &gate, &services](const Result<query::FeedPage>& found) {
    send(answer(waiting->request, asked, found, gate, services), waiting->request,
         std::move(waiting->responder));
  };
  TRY(services.feed_waiters.wait(asked.request, asked.wait, done));
  return std::optional<httpd::Response>();
}

}  // namespace

void add_feed_routes(Routes& routes, const Services& services) {
  const Gate& gate = routes.gate();
  routes.router().add(
      "GET", "/v1/orgs/{org}/feed",
      [&gate, &services](httpd::Request request, httpd::Responder responder) {
        const auto waiting =
            std::make_shared<Waiting>(Waiting{std::move(request), std::move(responder)});
        auto response = follow(waiting, gate, services);
        if (!response) {
          send(std::move(response).error(), waiting->request, std::move(waiting->responder));
        } else if (*response) {
          send(std::move(**response), waiting->request, std::move(waiting->responder));
        }
      });
}

}  // namespace trailkeeper::api
