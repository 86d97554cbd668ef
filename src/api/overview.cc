#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "json/lists.h"
#include "metric_sums.h"
#include "query_reader.h"
#include "resources.h"

// What operators see over all organizations.
namespace trailkeeper::api {
namespace {

constexpr std::size_t kDestinationsMax = 200;
// How old the list of destinations may be: it takes a few look-ups for each.
constexpr std::chrono::seconds kListAge{10};
// Those that somebody has to look at come first.
constexpr std::array<std::string_view, 8> kStates{"suspended", "retrying", "lagging", "validating",
                                                  "paused",    "active",   "draft",   "disabled"};

struct Operated {
  std::shared_ptr<const settings::Org> org;
  deliver::DestinationView view;
};

std::size_t rank(const std::string& state) {
  return static_cast<std::size_t>(std::find(kStates.begin(), kStates.end(), state) -
                                  kStates.begin());
}

// All of them, worst first; made anew every few seconds at most.
class Destinations {
 public:
  using List = std::shared_ptr<const std::vector<Operated>>;

  Result<List> all(const Services& services) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (list_ && now - made_at_ < kListAge) return list_;
    list_ = std::make_shared<const std::vector<Operated>>(TRY(gather(services)));
    made_at_ = now;
    return list_;
  }

 private:
  static Result<std::vector<Operated>> gather(const Services& services) {
    std::vector<Operated> found;
    for (const auto& org : services.orgs.all()) {
      if (!org->entitlements.s3) continue;
      for (deliver::DestinationView& view : TRY(services.deliveries.list(org->id))) {
        found.push_back({org, std::move(view)});
      }
    }
    std::stable_sort(found.begin(), found.end(), [](const Operated& a, const Operated& b) {
      const auto key = [](const Operated& one) {
        return std::pair(rank(one.view.state), -one.view.lag_seconds);
      };
      return key(a) < key(b);
    });
    return found;
  }

  std::mutex mutex_;
  List list_;
  std::chrono::steady_clock::time_point made_at_{};
};

// How data packs are doing. Runs are counted up to a bound: more than that is more than anybody
// looks through.
struct PackNumbers {
  std::uint64_t released = 0;
  std::uint64_t due = 0;
  std::uint64_t running = 0;
  std::uint64_t held = 0;
  std::uint64_t failed_last_day = 0;
  std::optional<Timestamp> next_due_at{};
  std::string next_pack{};
};

// Made anew every few seconds at most.
class PackCounts {
 public:
  Result<PackNumbers> now(const Services& services) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (made_at_ && now - *made_at_ < kListAge) return numbers_;
    numbers_ = TRY(gather(services));
    made_at_ = now;
    return numbers_;
  }

 private:
  static constexpr std::size_t kRunsCounted = 200;

  static Result<PackNumbers> gather(const Services& services) {
    using settings::PackRunState;
    PackNumbers numbers;
    for (const packs::PackView& view : TRY(services.packs.packs())) {
      if (view.versions.empty()) continue;
      ++numbers.released;
      if (view.orgs.empty() || !view.next_run_at) continue;
      if (numbers.next_due_at && *numbers.next_due_at <= *view.next_run_at) continue;
      numbers.next_due_at = view.next_run_at;
      numbers.next_pack = view.pack.id;
    }
    const auto runs = [&](PackRunState state) {
      return services.packs.runs({.state = state}, kRunsCounted, "");
    };
    numbers.due = TRY(runs(PackRunState::due)).data.size();
    for (const PackRunState state :
         {PackRunState::extracting, PackRunState::staged, PackRunState::delivering})
      numbers.running += TRY(runs(state)).data.size();
    numbers.held = TRY(runs(PackRunState::held)).data.size();
    const Timestamp since = services.clock.now() - std::chrono::hours(24);
    for (const packs::RunView& view : TRY(runs(PackRunState::failed)).data)
      numbers.failed_last_day += view.run.finished_at.value_or(since) > since ? 1 : 0;
    return numbers;
  }

  std::mutex mutex_;
  PackNumbers numbers_;
  std::optional<std::chrono::steady_clock::time_point> made_at_{};
};

void write_packs(json::Writer& out, const PackNumbers& numbers) {
  out.key("data_packs").begin_object().member("released", numbers.released);
  out.member("due", numbers.due).member("running", numbers.running).member("held", numbers.held);
  out.member("failed_last_day", numbers.failed_last_day);
  member_or_null(out, "next_due_at", numbers.next_due_at);
  member_or_null(out, "next_pack", numbers.next_pack);
  out.end_object();
}

void write_destination(json::Writer& out, const Operated& one) {
  const deliver::DestinationView& view = one.view;
  out.begin_object().key("org").begin_object();
  out.member("id", one.org->id.str()).member("name", one.org->name).end_object();
  out.member("id", view.id).member("state", view.state);
  member_or_null(out, "reason", view.reason);
  member_or_null(out, "remedy", view.remedy);
  member_or_null(out, "bucket", view.values.bucket);
  member_or_null(out, "region", view.values.region);
  out.member("frequency", view.values.frequency == schedule::Frequency::daily ? "daily" : "hourly");
  out.member("lag_seconds", std::max<std::int64_t>(0, view.lag_seconds));
  member_or_null(out, "last_success_at", view.last_success_at);
  member_or_null(out, "next_attempt_at", view.next_attempt_at);
  out.end_object();
}

Result<httpd::Response> list_destinations(const Call& call, const Services& services,
                                          Destinations& destinations) {
  TRY(services.permissions.may_operate(call.caller.principal));
  QueryReader query(call.request);
  const auto states = query.list("state", {kStates.begin(), kStates.end()});
  TRY(query.finish());
  json::Writer out;
  out.begin_object().key("data").begin_array();
  std::size_t given = 0;
  bool more = false;
  // Kept here, because another request may make it anew meanwhile.
  const Destinations::List all = TRY(destinations.all(services));
  for (const Operated& one : *all) {
    if (!states.empty() && std::find(states.begin(), states.end(), one.view.state) == states.end())
      continue;
    more = given == kDestinationsMax;
    if (more) break;
    write_destination(out, one);
    ++given;
  }
  return json_response(200, out.end_array().member("has_more", more).end_object().take());
}

void write_orgs(json::Writer& out, const Services& services, std::uint64_t active) {
  // The operators' own trail is no customer's.
  if (active > 0 && services.activity.of(settings::own_org()).last_day > 0) --active;
  std::uint64_t total = 0;
  std::uint64_t audit_logs = 0;
  std::uint64_t data_packs = 0;
  std::uint64_t s3 = 0;
  for (const auto& org : services.orgs.all()) {
    if (org->id == settings::own_org()) continue;
    ++total;
    audit_logs += org->entitlements.audit_logs ? 1 : 0;
    data_packs += org->entitlements.data_packs ? 1 : 0;
    s3 += org->entitlements.s3 ? 1 : 0;
  }
  out.key("orgs").begin_object().member("total", total).member("audit_logs", audit_logs);
  out.member("data_packs", data_packs).member("s3", s3).member("active_last_day", active);
  out.end_object();
}

void write_intake(json::Writer& out, const query::IntakeRates& rates, const StoreReport& report) {
  out.key("intake").begin_object().member("accepting", report.refusal.empty());
  member_or_null(out, "refusal", report.refusal);
  out.key("entries_per_second").real(rates.per_second);
  out.key("minutes").begin_array();
  for (const query::IntakeMinute& minute : rates.minutes) {
    out.begin_object();
    member_time(out, "start", minute.start);
    out.member("entries", minute.entries).end_object();
  }
  out.end_array().end_object();
}

void write_store(json::Writer& out, const StoreReport& report) {
  out.key("store").begin_object().member("state", report.state);
  out.key("lag_seconds").real(report.lag_seconds);
  out.member("unstored_entries", report.unstored).member("unverified_entries", report.unverified);
  out.member("backlog_bytes", report.backlog_bytes).member("journal_bytes", report.journal_bytes);
  out.end_object();
}

void write_states(json::Writer& out, const std::vector<Operated>& destinations) {
  std::map<std::string, std::uint64_t> states;
  std::uint64_t total = 0;
  for (const Operated& one : destinations) {
    ++states[one.view.state];
    total += one.view.state == "draft" || one.view.state == "disabled" ? 0 : 1;
  }
  out.key("destinations").begin_object().member("total", total).key("by_state").begin_object();
  for (const auto& [state, count] : states) out.member(state, count);
  out.end_object().end_object();
}

// Counters whose growth somebody has to look into, by the name they have here.
void write_errors(json::Writer& out, const std::string& metrics) {
  out.key("errors").begin_object();
  const auto add = [&](std::string_view name, std::string_view metric,
                       std::string_view label = "") {
    out.member(name, static_cast<std::uint64_t>(metric_sum(metrics, metric, label)));
  };
  add("store_alarms", "trailkeeper_store_alarms_total");
  add("events_rejected", "trailkeeper_intake_events_total", "status=\"rejected\"");
  add("requests_limited", "trailkeeper_intake_limited_total");
  add("internal_errors", "trailkeeper_http_requests_total", "status=\"500\"");
  add("exports_failed", "trailkeeper_exports_failed_total");
  add("mails_given_up", "trailkeeper_mails_given_up_total");
  add("mail_retries", "trailkeeper_mail_retries_total");
  add("delivery_failures", "trailkeeper_delivery_failures_total");
  add("engine_restarts", "trailkeeper_engine_restarts");
  out.end_object();
}

Result<httpd::Response> show(const Call& call, const Services& services, Destinations& destinations,
                             PackCounts& packs) {
  TRY(services.permissions.may_operate(call.caller.principal));
  TRY(QueryReader(call.request).finish());
  const auto list = TRY(destinations.all(services));
  const PackNumbers numbers = TRY(packs.now(services));
  const StoreReport report = services.store_report();
  const query::IntakeRates rates = services.activity.intake();
  json::Writer out;
  out.begin_object();
  member_time(out, "time", services.clock.now());
  write_orgs(out, services, rates.orgs_last_day);
  write_intake(out, rates, report);
  write_store(out, report);
  write_states(out, *list);
  write_packs(out, numbers);
  write_errors(out, services.metrics.text());
  json::write_texts(out, "warnings", services.readiness().warnings);
  return json_response(200, out.end_object().take());
}

}  // namespace

void write_activity(json::Writer& out, const query::OrgActivity& activity) {
  out.key("activity").begin_object().member("entries", activity.entries);
  member_or_null(out, "last_received_at", activity.last_received_at);
  out.member("entries_last_hour", activity.last_hour);
  out.member("entries_last_day", activity.last_day).end_object();
}

void add_overview_routes(Routes& routes, const Services& services) {
  const auto destinations = std::make_shared<Destinations>();
  const auto packs = std::make_shared<PackCounts>();
  routes.add("GET", "/v1/overview", [&services, destinations, packs](const Call& call) {
    return show(call, services, *destinations, *packs);
  });
  routes.add("GET", "/v1/destinations", [&services, destinations](const Call& call) {
    return list_destinations(call, services, *destinations);
  });
}

}  // namespace trailkeeper::api
