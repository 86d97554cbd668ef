#include "housekeeping.h"

#include "base/log.h"
#include "settings/times.h"

namespace trailkeeper::server {
namespace {

constexpr std::chrono::milliseconds kSecond{1000};

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

void report(std::string_view what, const Result<>& result) {
  if (!result) log::warn(what, {{"error", result.error().message}});
}

}  // namespace

Housekeeping::Housekeeping(const Parts& parts)
    : parts_(parts),
      freshness_(
          parts.metrics.gauge("trailkeeper_freshness_seconds",
                              "Age of the oldest committed event that pages cannot show yet.")),
      unstored_(parts.metrics.gauge("trailkeeper_journal_unstored_events",
                                    "Events committed but not yet in the event store.")),
      unverified_(
          parts.metrics.gauge("trailkeeper_journal_unverified_events",
                              "Events committed but not yet read back from the event store.")),
      restarts_(parts.metrics.gauge("trailkeeper_engine_restarts",
                                    "How often the engine ended without being asked to.")),
      held_jump_(
          parts.metrics.gauge("trailkeeper_clock_jump_seconds",
                              "Jump of the wall clock that the business clock has not taken.")),
      background_("housekeeping", kSecond, [this] {
        every_second();
        return false;
      }) {}

void Housekeeping::stop() {
  background_.stop();
  report("the highest time could not be written down", note_time(parts_.clock.now()));
}

Result<> Housekeeping::note_time(Timestamp now) {
  return parts_.settings.write(
      [&](settings::WriteTx& tx) { return settings::raise_time_floor(tx, now); });
}

void Housekeeping::every_second() {
  const Duration jump = parts_.clock.follow_wall();
  held_jump_.set(seconds_of(jump));
  // Once per jump; one back after one forward is another.
  const int direction = jump < Duration{0} ? -1 : jump > Duration{0} ? 1 : 0;
  if (direction != 0 && direction != jump_reported_) {
    log::error("the wall clock jumped; say `trailkeeper admin clock accept` if it is right now",
               {{"seconds", seconds_of(jump)}});
  }
  jump_reported_ = direction;
  const journal::Depth depth = parts_.journal.depth();
  unstored_.set(static_cast<double>(depth.committed - depth.stored));
  unverified_.set(static_cast<double>(depth.committed - depth.verified));
  const Duration age = parts_.clock.now() - parts_.journal.watermark();
  freshness_.set(depth.committed > depth.stored ? std::max(0.0, seconds_of(age)) : 0.0);
  restarts_.set(static_cast<double>(parts_.store.restarts()));
  if (++seconds_ % 60 == 0) every_minute();
}

void Housekeeping::every_minute() {
  report("the highest time could not be written down", note_time(parts_.clock.now()));
  report("ended sessions could not be forgotten", parts_.sessions.forget_ended());
  report("ended looks could not be forgotten", parts_.looks.forget_ended());
  report("portal links could not be forgotten", parts_.portal.forget_expired());
  report("failed sign-ins could not be noted", parts_.sessions.note_counted_failures());
  report("the use of keys could not be written down", parts_.keys.note_use());
}

}  // namespace trailkeeper::server
