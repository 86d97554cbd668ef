#include "event_filter.h"
#include "events/language.h"
#include "query_reader.h"
#include "resources.h"

// What a search finds, counted: facets, histogram, completion.
namespace trailkeeper::api {
namespace {

using events::Field;

constexpr std::size_t kFacetLimit = 10;
constexpr std::size_t kFacetLimitMax = 100;
constexpr std::size_t kValueLimitMax = 50;
constexpr std::size_t kBuckets = 60;
constexpr std::int64_t kOffsetMinutesMax = 14 * 60;

const std::vector<std::string_view> kFacetFields{
    "category", "area", "outcome", "action", "application", "actor", "crud", "ip", "status"};
constexpr std::size_t kDefaultFacets = 6;
const std::vector<std::string_view> kValueFields{"actor",  "action", "area",     "application",
                                                 "target", "ip",     "category", "outcome",
                                                 "crud",   "status"};

// Who may read, and what they asked for.
Result<query::Scope> scope_of(const Call& call, const Services& services) {
  query::Scope scope{.org = TRY(call.org())};
  scope.visible_from =
      TRY(services.permissions.may_read_audit(call.caller.principal, scope.org)).visible_from;
  return scope;
}

void write_values(json::Writer& out, const std::vector<events::CountedValue>& values) {
  out.begin_array();
  for (const events::CountedValue& one : values) {
    out.begin_object().member("value", one.value);
    if (!one.label.empty() && one.label != one.value) out.member("label", one.label);
    out.member("count", one.count).end_object();
  }
  out.end_array();
}

Result<httpd::Response> facets(const Call& call, const Services& services) {
  query::Scope scope = TRY(scope_of(call, services));
  QueryReader reader(call.request);
  scope.filter = read_event_filter(reader, services.registry);
  const auto asked = reader.list("fields", kFacetFields);
  const std::size_t limit = reader.number("limit", 1, kFacetLimitMax, kFacetLimit);
  TRY(reader.finish());
  TRY(services.store_available());
  std::vector<Field> fields;
  for (const std::string& name : asked) fields.push_back(*events::find_field(name));
  for (std::size_t i = 0; asked.empty() && i < kDefaultFacets; ++i)
    fields.push_back(*events::find_field(kFacetFields[i]));
  const query::Facets found = TRY(services.analysis.facets(scope, fields, limit));
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const query::Facet& facet : found.fields) {
    out.begin_object().member("field", events::field_name(facet.field)).key("values");
    write_values(out, facet.values);
    out.member("more", facet.more).end_object();
  }
  out.end_array();
  member_time(out, "watermark", found.watermark);
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> histogram(const Call& call, const Services& services) {
  query::Scope scope = TRY(scope_of(call, services));
  QueryReader reader(call.request);
  scope.filter = read_event_filter(reader, services.registry);
  const std::size_t buckets = reader.number("buckets", 1, query::kBucketsMax, kBuckets);
  const std::chrono::minutes offset(
      reader.integer("offset_minutes", -kOffsetMinutesMax, kOffsetMinutesMax, 0));
  TRY(reader.finish());
  TRY(services.store_available());
  const query::Histogram found = TRY(services.analysis.histogram(scope, buckets, offset));
  json::Writer out;
  out.begin_object().member(
      "interval_seconds",
      static_cast<std::int64_t>(
          std::chrono::duration_cast<std::chrono::seconds>(found.interval).count()));
  member_time(out, "from", found.from);
  member_time(out, "to", found.to);
  out.key("data").begin_array();
  for (const query::HistogramBucket& bucket : found.buckets) {
    out.begin_object();
    member_time(out, "start", bucket.start);
    out.member("count", bucket.count).member("failed", bucket.failed).end_object();
  }
  out.end_array();
  member_time(out, "watermark", found.watermark);
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> values(const Call& call, const Services& services) {
  query::Scope scope = TRY(scope_of(call, services));
  QueryReader reader(call.request);
  read_event_range(reader, scope.filter);
  const std::string name = reader.text("field");
  const auto known = std::find(kValueFields.begin(), kValueFields.end(), name);
  if (known == kValueFields.end()) {
    reader.refuse("field", name.empty() ? "missing" : "not_a_choice",
                  "It must be a field whose values can be listed, such as actor.");
  }
  const std::string prefix = reader.text("prefix");
  const std::size_t limit = reader.number("limit", 1, kValueLimitMax, kFacetLimit);
  TRY(reader.finish());
  TRY(services.store_available());
  const auto found = TRY(services.analysis.values(scope, *events::find_field(name), prefix, limit));
  json::Writer out;
  out.begin_object().key("data");
  write_values(out, found);
  return json_response(200, out.end_object().take());
}

}  // namespace

void add_event_count_routes(Routes& routes, const Services& services) {
  routes.add("GET", "/v1/orgs/{org}/events/facets",
             [&](const Call& call) { return facets(call, services); });
  routes.add("GET", "/v1/orgs/{org}/events/histogram",
             [&](const Call& call) { return histogram(call, services); });
  routes.add("GET", "/v1/orgs/{org}/events/values",
             [&](const Call& call) { return values(call, services); });
}

}  // namespace trailkeeper::api
