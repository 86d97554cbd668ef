#include "service.h"

#include <algorithm>
#include <charconv>

#include "actions.h"
#include "base/log.h"
#include "deadline.h"
#include "dry_run.h"
#include "entries.h"
#include "ledger/ledger.h"
#include "values.h"
#include "views.h"

namespace trailkeeper::deliver {
namespace {

using settings::DestinationState;

constexpr std::size_t kNameCharacters = 26;  // 128 bits and more
constexpr std::size_t kLimitMax = 200;
constexpr auto kTurnWait = std::chrono::seconds(30);
// Each holds a thread of those that answer everybody.
constexpr std::size_t kValidationsMax = 3;
constexpr auto kPause = std::chrono::milliseconds(500);
constexpr Duration kMeasureInterval = std::chrono::seconds(5);

Error conflict(std::string code, std::string message) {
  return Error{ErrorKind::conflict, std::move(code), std::move(message)};
}

bool is_live(const settings::Destination& destination) {
  return destination.state == DestinationState::active ||
         destination.state == DestinationState::paused ||
         destination.state == DestinationState::suspended;
}

Error not_live() {
  return conflict("not_active", "This destination is not in use: validate and activate it first.");
}

std::string new_session_name() { return "tk-" + random_base32(kNameCharacters); }

}  // namespace

std::unique_ptr<Deliveries> Deliveries::make(Settings settings, settings::Deliveries& state,
                                             Cuts& cuts, RecordSource& source, ObjectSink& sink,
                                             ledger::Ledger& log, const Clock& clock,
                                             metrics::Registry& metrics) {
  return std::make_unique<Service>(std::move(settings), state, cuts, source, sink, log, clock,
                                   metrics);
}

Service::Service(Settings settings, settings::Deliveries& state, Cuts& cuts, RecordSource& source,
                 ObjectSink& sink, ledger::Ledger& log, const Clock& clock,
                 metrics::Registry& metrics)
    : settings_(std::move(settings)),
      state_(state),
      cuts_(cuts),
      source_(source),
      sink_(sink),
      log_(log),
      clock_(clock),
      metrics_(metrics),
      lag_(metrics.gauge(
          "trailkeeper_delivery_lag_seconds",
          "Time since the oldest window of any destination that is not delivered was due.")),
      suspended_(metrics.gauge("trailkeeper_destinations_suspended",
                               "Destinations that wait for their customer.")),
      stopped_count_(
          metrics.gauge("trailkeeper_logs_stopped",
                        "Logs that are neither signed nor delivered until an operator decides.")),
      stopped_(state, log),
      worker_(settings_, state, cuts, source, sink, log, stopped_, clock, metrics),
      pool_(
          {.fast = settings_.workers, .slow = settings_.slow_workers, .slice = settings_.slice},
          [this](const DestinationKey& key, const std::stop_token& stop) {
            return work(key, stop);
          },
          metrics),
      dispatcher_("deliver", kPause, [this] { return dispatch(); }) {
  if (const auto live = state_.live()) {
    worker_.hold_unlooked(*live);
  } else {
    log::error("destinations could not be read", {{"error", live.error().message}});
  }
}

Service::~Service() { stop(); }

Result<DestinationView> Service::show(const settings::Destination& destination) {
  Present present;
  present.validating = validating_.is_taken({destination.org, destination.id});
  present.delivered = TRY(state_.delivered_seq(destination.org, destination.id));
  present.head = cuts_.head(destination.org);
  present.oldest = TRY(state_.oldest_undelivered(destination.org, destination.id));
  present.backfill = TRY(state_.backfill(destination.org, destination.id));
  if (const auto stream = TRY(state_.open_stream(destination.org, destination.id))) {
    if (const auto last = TRY(state_.last_window(stream->id))) {
      present.closed_until = last->span.end;
      present.delivered_until = present.oldest ? present.oldest->start : last->span.end;
    }
  }
  present.missing_windows = TRY(state_.missing_windows(destination.org, destination.id));
  present.stopped = stopped_.find(destination.org);
  present.slow = pool_.is_slow({destination.org, destination.id});
  present.now = clock_.now();
  return view_of(destination, settings_, present);
}

settings::Deliveries::Also Service::noting(const settings::ActionInfo& info, const OrgId& org,
                                           const std::string& id, const By& by,
                                           bool success) const {
  return [&info, &org, &id, &by, success, now = clock_.now()](settings::WriteTx& tx) {
    return note(tx, {info, org, id, by, now}, {}, success);
  };
}

Result<DestinationView> Service::put(const OrgId& org, const std::string& id,
                                     const DestinationRequest& request, const By& by) {
  // The ids of destinations have the form of an organization's.
  if (!OrgId::parse(id)) {
    return Error{ErrorKind::invalid, "bad_id",
                 "A destination's id has 1 to 64 letters, digits, _ and -."};
  }
  const settings::S3Target target = TRY(checked_target(request, settings_));
  const Timestamp now = clock_.now();
  const auto note_put = [&](settings::WriteTx& tx, const settings::Destination* before,
                            const settings::Destination& after) -> Result<> {
    auto changes = changes_between(before, after);
    if (before != nullptr && changes.empty()) return {};
    return note(tx, {kChanged, org, id, by, now}, std::move(changes));
  };
  const settings::Destination destination =
      TRY(state_.put({.org = org,
                      .id = id,
                      .shown = target,
                      .frequency = request.frequency,
                      .shape = shape_of(request),
                      .session_name = new_session_name(),
                      .external_id = random_base32(kNameCharacters),
                      .now = now},
                     note_put));
  if (destination.active) dispatcher_.wake();
  return show(destination);
}

Result<DestinationView> Service::get(const OrgId& org, const std::string& id) {
  return show(TRY(state_.find(org, id)));
}

Result<std::vector<DestinationView>> Service::list(const OrgId& org) {
  std::vector<DestinationView> views;
  for (const settings::Destination& destination : TRY(state_.list(org)))
    views.push_back(TRY(show(destination)));
  return views;
}

Result<ValidationInput> Service::validation_input(const settings::Destination& destination) {
  ValidationInput input;
  input.target = sink_target(destination.shown, destination, settings_);
  input.other_session = new_session_name();
  input.principal = principal_of(destination, settings_);
  input.path = destination.shown.path;
  input.target.send_acl = true;
  // What was allowed when it was entered may be no longer.
  const auto still = checked_target(view_of(destination, settings_, {}).values, settings_);
  if (!still && !still.error().fields.empty())
    input.values_problem = still.error().fields.front().detail;
  input.customer_role = !destination.shown.role_arn.empty();
  const auto holder = TRY(state_.claimed_by(destination.org, destination.id, destination.shown));
  input.claimed_by_other = holder && *holder != destination.org;
  input.claimed_by_own = holder && *holder == destination.org;
  return input;
}

Result<Validation> Service::validate(const OrgId& org, const std::string& id, const By& by) {
  const settings::Destination destination = TRY(state_.find(org, id));
  if (destination.shown.bucket.empty()) {
    return Error{ErrorKind::invalid,
                 "bucket_needed",
                 "Name the bucket first.",
                 {{"/bucket", "bucket_needed", "Name the bucket first."}}};
  }
  const DestinationKey key{org, id};
  if (!validating_.try_take(key))
    return conflict("validating", "A validation of this destination runs already.");
  const Turn turn(validating_, key);
  if (validating_.count() > kValidationsMax) {
    return Error{ErrorKind::unavailable,
                 "busy",
                 "Other buckets are being validated; try again in some seconds.",
                 {},
                 std::chrono::seconds(5)};
  }
  ValidationInput input = TRY(validation_input(destination));
  const Deadline deadline(settings_.validation_max);
  input.target.stop = deadline.stop();
  const ValidationOutcome outcome = validate_access(sink_, input);
  TRY(state_.record_validation(destination,
                               {.ok = outcome.validation.ok,
                                .checks = render_checks(outcome.validation.checks),
                                .etag_is_md5 = outcome.etag_is_md5,
                                .send_acl = outcome.send_acl},
                               clock_.now(),
                               noting(kValidated, org, id, by, outcome.validation.ok)));
  return outcome.validation;
}

Result<> Service::wait_for_turn(const DestinationKey& key) {
  if (sending_.take(key, kTurnWait, [this, &key] { pool_.interrupt(key); })) return {};
  return Error{ErrorKind::unavailable,
               "busy",
               "A delivery to this destination is in progress; try again in a minute.",
               {},
               std::chrono::seconds(60)};
}

Result<DestinationView> Service::activate(const OrgId& org, const std::string& id, const By& by) {
  TRY(state_.find(org, id));
  const DestinationKey key{org, id};
  TRY(wait_for_turn(key));
  const Turn turn(sending_, key);
  const settings::Destination before = TRY(state_.find(org, id));
  bool uncertain = false;
  if (before.validated_at && before.active && !before.active->same_location(before.shown)) {
    uncertain = TRY(worker_.settle_before_move(before));
  }
  const settings::Destination after =
      TRY(state_.activate(org, id, uncertain, clock_.now(), noting(kActivated, org, id, by)));
  log::info("destination active",
            {{"org", org.str()}, {"destination", id}, {"bucket", after.shown.bucket}});
  dispatcher_.wake();
  return show(after);
}

Result<DestinationView> Service::pause(const OrgId& org, const std::string& id, const By& by) {
  const settings::Destination destination = TRY(state_.find(org, id));
  if (!is_live(destination)) return not_live();
  if (destination.state == DestinationState::paused) return show(destination);
  TRY(state_.set_state(org, id, DestinationState::paused, "", "", "", std::nullopt,
                       noting(kPaused, org, id, by)));
  return show(TRY(state_.find(org, id)));
}

Result<DestinationView> Service::resume(const OrgId& org, const std::string& id, const By& by) {
  const settings::Destination destination = TRY(state_.find(org, id));
  if (!is_live(destination)) return not_live();
  if (destination.state == DestinationState::paused) {
    TRY(state_.set_state(org, id, DestinationState::active, "", "", "", std::nullopt,
                         noting(kResumed, org, id, by)));
    dispatcher_.wake();
  }
  return show(TRY(state_.find(org, id)));
}

Result<DestinationView> Service::try_now(const OrgId& org, const std::string& id, const By& by) {
  const settings::Destination destination = TRY(state_.find(org, id));
  if (!is_live(destination)) return not_live();
  TRY(state_.clear_back_off(org, id, noting(kTriedNow, org, id, by)));
  dispatcher_.wake();
  return show(TRY(state_.find(org, id)));
}

Result<DestinationView> Service::backfill(const OrgId& org, const std::string& id, Timestamp from,
                                          const By& by) {
  const settings::Destination destination = TRY(state_.find(org, id));
  if (!is_live(destination)) return not_live();
  // What is older is not kept any more.
  if (settings_.retention_days) {
    if (const auto days = settings_.retention_days(org))
      from = std::max(from, clock_.now() - std::chrono::hours(24 * *days));
  }
  TRY(state_.start_backfill(org, id, from, clock_.now(), noting(kBackfilled, org, id, by)));
  dispatcher_.wake();
  return show(TRY(state_.find(org, id)));
}

Result<DeliveryView> Service::redeliver(const OrgId& org, const std::string& delivery,
                                        const By& by) {
  std::int64_t window = 0;
  const auto read = std::from_chars(delivery.data(), delivery.data() + delivery.size(), window);
  if (read.ec != std::errc() || read.ptr != delivery.data() + delivery.size())
    return Error{ErrorKind::not_found, "not_found", "There is no such delivery."};
  const settings::Stream stream =
      TRY(state_.start_replay(org, window, clock_.now(), noting(kRedelivered, org, delivery, by)));
  dispatcher_.wake();
  const auto records = TRY(state_.history(org, stream.destination, 0, 1));
  if (records.empty()) return Error{ErrorKind::not_found, "not_found", "It has ended already."};
  return view_of(records.front(), false, std::nullopt);
}

Result<DryRun> Service::dry_run(const OrgId& org, const DestinationRequest& request) {
  TRY(checked_target(request, settings_));
  return try_filter(cuts_, source_, org, request.filter, clock_.now());
}

Result<> Service::disconnect(const OrgId& org, const std::string& id, const By& by) {
  TRY(state_.find(org, id));
  const DestinationKey key{org, id};
  TRY(wait_for_turn(key));
  const Turn turn(sending_, key);
  TRY(state_.disconnect(org, id, noting(kRemoved, org, id, by)));
  worker_.let_go(org, id);
  return {};
}

Result<DeliveryPage> Service::deliveries(const OrgId& org, const std::string& destination,
                                         std::size_t limit, const std::string& cursor) {
  std::int64_t before = 0;
  if (!cursor.empty()) {
    const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), before);
    if (error != std::errc() || end != cursor.data() + cursor.size() || before <= 0) {
      return Error{ErrorKind::invalid, "bad_cursor", "This cursor was not made here."};
    }
  }
  limit = std::clamp<std::size_t>(limit, 1, kLimitMax);
  auto records = TRY(state_.history(org, destination, before, limit + 1));
  DeliveryPage page;
  if (records.size() > limit) {
    records.resize(limit);
    page.next_cursor = std::to_string(records.back().window.id);
  }
  for (const settings::DeliveryRecord& record : records) {
    bool sending = false;
    std::optional<Timestamp> next;
    if (record.window.state != settings::WindowState::delivered) {
      const auto oldest = TRY(state_.oldest_undelivered(org, record.destination));
      sending = oldest && oldest->start == record.window.span.start &&
                sending_.is_taken({org, record.destination});
      next = TRY(state_.find(org, record.destination)).next_attempt_at;
    }
    page.data.push_back(view_of(record, sending, next));
  }
  return page;
}

void Service::start() {
  worker_.clean_staging();
  pool_.start();
  dispatcher_.start();
}

void Service::stop() {
  dispatcher_.stop();
  pool_.stop();
}

void Service::measure(const std::vector<settings::Destination>& live) {
  Duration worst{0};
  int suspended = 0;
  const Timestamp now = clock_.now();
  const bool each_too = now >= measured_at_ + kMeasureInterval;
  if (each_too) measured_at_ = now;
  for (const settings::Destination& destination : live) {
    suspended += destination.state == DestinationState::suspended ? 1 : 0;
    if (destination.state == DestinationState::paused) continue;
    const auto oldest = state_.oldest_undelivered(destination.org, destination.id);
    Duration lag{0};
    if (oldest && *oldest) lag = std::max(lag, now - (*oldest)->due);
    worst = std::max(worst, lag);
    if (each_too) measure(destination, lag);
  }
  stopped_count_.set(static_cast<double>(stopped_.all().size()));
  lag_.set(std::chrono::duration<double>(worst).count());
  suspended_.set(suspended);
}

// A line for each destination, so that one customer's trouble is seen beside the others'.
void Service::measure(const settings::Destination& destination, Duration lag) {
  const metrics::Labels labels{{"org", destination.org.str()}, {"destination", destination.id}};
  metrics_
      .gauge("trailkeeper_destination_lag_seconds",
             "Time since the destination's oldest window that is not delivered was due.", labels)
      .set(std::chrono::duration<double>(lag).count());
  metrics_.gauge("trailkeeper_destination_failures", "Failed attempts in a row.", labels)
      .set(destination.failures);
  metrics_.gauge("trailkeeper_destination_suspended", "1 while it waits for its customer.", labels)
      .set(destination.state == DestinationState::suspended ? 1 : 0);
  if (!destination.last_success_at) return;
  metrics_
      .gauge("trailkeeper_destination_last_success_timestamp_seconds",
             "When a window was last delivered, in seconds since 1970.", labels)
      .set(std::chrono::duration<double>(destination.last_success_at->time_since_epoch()).count());
}

std::vector<StoppedLogView> Service::stopped_logs() const {
  std::vector<StoppedLogView> views;
  for (const settings::StoppedLog& each : stopped_.all())
    views.push_back({each.org, each.epoch, each.code, each.reason, each.remedy, each.at});
  return views;
}

Result<> Service::stop_log(const OrgId& org, const std::string& code, const std::string& reason) {
  return stopped_.stop(org, code, reason, clock_.now(), TRY(state_.highest_stream(org)));
}

// The log first: when this ends between the two, the org is still stopped and it is asked again.
Result<std::uint32_t> Service::new_epoch(const OrgId& org, const By& by) {
  const auto stopped = stopped_.find(org);
  if (!stopped) return conflict("log_goes_on", "The log of this organization is not stopped.");
  std::vector<std::unique_ptr<Turn>> turns;
  for (const settings::Destination& destination : TRY(state_.list(org))) {
    const DestinationKey key{org, destination.id};
    TRY(wait_for_turn(key));
    turns.push_back(std::make_unique<Turn>(sending_, key));
  }
  const ledger::Log log = TRY(log_.open_epoch(org, stopped->epoch));
  TRY(state_.begin_epoch(org, clock_.now(), noting(kNewEpoch, org, log.origin, by)));
  worker_.forget_comparisons(org);
  stopped_.release(org);
  log::info("a new log is open", {{"org", org.str()}, {"origin", log.origin}});
  dispatcher_.wake();
  return log.epoch;
}

// Hands out what has work; the pool does it.
bool Service::dispatch() {
  const auto live = state_.live();
  if (!live) {
    log::error("destinations could not be read", {{"error", live.error().message}});
    return false;
  }
  for (const settings::Destination& destination : *live) {
    if (dispatcher_.stopping()) break;
    const DestinationKey key{destination.org, destination.id};
    if (!sending_.is_taken(key) && worker_.has_work(destination))
      pool_.add(key, destination.failures > 0);
  }
  measure(*live);
  return false;
}

bool Service::work(const DestinationKey& key, const std::stop_token& stop) {
  if (!sending_.try_take(key)) return false;
  const Turn turn(sending_, key);
  const auto more = worker_.process(key.first, key.second, stop);
  if (!more)
    log::error("a delivery stopped", {{"org", key.first.str()}, {"error", more.error().message}});
  return more && *more;
}

bool Service::step() {
  bool worked = false;
  for (bool more = true; more;) {
    more = false;
    const auto live = state_.live();
    if (!live) return worked;
    for (const settings::Destination& destination : *live) {
      if (!worker_.has_work(destination)) continue;
      const auto done = worker_.process(destination.org, destination.id);
      more = more || (done && *done);
    }
    worked = worked || more;
    measure(*live);
  }
  return worked;
}

}  // namespace trailkeeper::deliver
