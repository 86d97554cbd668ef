#include <charconv>

#include "object_reader.h"
#include "query_reader.h"
#include "resources.h"

// How long an organization's entries are kept, as WorkOS' clients ask and set it.
namespace trailkeeper::api {
namespace {

constexpr int kDaysMax = 3650;

httpd::Response render(const settings::Org& org) {
  json::Writer out;
  out.begin_object().member("retention_period_in_days", org.retention_days);
  return json_response(200, out.end_object().take());
}

// `1_MONTH` to `11_MONTHS` of 30 days, `1_YEAR` to `10_YEARS` of 365.
std::optional<int> days_of(std::string_view period) {
  int count = 0;
  const auto [rest, problem] = std::from_chars(period.data(), period.data() + period.size(), count);
  const std::string_view unit(rest, static_cast<std::size_t>(period.data() + period.size() - rest));
  if (problem != std::errc() || count < 1) return std::nullopt;
  if (unit == (count == 1 ? "_MONTH" : "_MONTHS") && count <= 11) return count * 30;
  if (unit == (count == 1 ? "_YEAR" : "_YEARS") && count <= 10) return count * 365;
  return std::nullopt;
}

struct Wanted {
  int days = 0;
  std::string pointer;  // of the member that says so
};

Result<Wanted> parse(const JsonBody& body) {
  ObjectReader reader(body.root());
  const auto period = reader.optional_text("retention_period", {.bytes_max = 20});
  const auto days = reader.optional_integer("retention_period_in_days", 1, kDaysMax);
  Wanted wanted{static_cast<int>(days.value_or(0)), "/retention_period_in_days"};
  if (period) {
    const auto found = days_of(*period);
    if (!found) {
      reader.refuse("retention_period", "not_a_choice",
                    "This must be 1_MONTH to 11_MONTHS or 1_YEAR to 10_YEARS.");
    }
    wanted = {found.value_or(0), "/retention_period"};
  }
  TRY(reader.finish());
  if (period.has_value() != days.has_value()) return wanted;
  return Error{ErrorKind::invalid,
               "invalid_field",
               "Give either retention_period or retention_period_in_days.",
               {{"/retention_period", "one_of_two", "Give either this or the number of days."}}};
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  TRY(QueryReader(call.request).finish());
  const OrgId org = TRY(call.org());
  return render(TRY(services.permissions.may_see_org(call.caller.principal, org)));
}

Result<httpd::Response> put(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_see_org(call.caller.principal, org));
  TRY(services.permissions.may_put_org(call.caller.principal, org));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const Wanted wanted = TRY(parse(body));
  auto done = services.orgs.put(call.caller.principal, call.caller.origin, org,
                                {.retention_days = wanted.days});
  if (done) return render(done->org);
  Error error = std::move(done).error();
  for (FieldProblem& field : error.fields) field.pointer = wanted.pointer;
  return error;
}

}  // namespace

void add_workos_retention_routes(Routes& routes, const Services& services) {
  constexpr const char* kPattern = "/organizations/{org}/audit_logs_retention";
  routes.add(
      "GET", kPattern, [&](const Call& call) { return show(call, services); }, Surface::workos);
  routes.add(
      "PUT", kPattern, [&](const Call& call) { return put(call, services); }, Surface::workos);
}

}  // namespace trailkeeper::api
