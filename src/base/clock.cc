#include "base/clock.h"

#include <sys/timex.h>
#include <time.h>

#include <algorithm>
#include <chrono>

namespace trailkeeper {
namespace {

constexpr Duration kAlarm = std::chrono::seconds{5};
constexpr Duration kTrustAfter = std::chrono::seconds{60};
// Two clocks are never read at the same moment.
constexpr Duration kNoise = std::chrono::milliseconds{1};

Duration read_clock(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return std::chrono::seconds{t.tv_sec} +
         std::chrono::duration_cast<Duration>(std::chrono::nanoseconds{t.tv_nsec});
}

bool kernel_synchronised() {
  timex state{};
  return ::adjtimex(&state) != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

}  // namespace

Timestamp WallClock::now() const { return Timestamp{read_clock(CLOCK_REALTIME)}; }

BusinessClock::Sources BusinessClock::system_sources() {
  return {.wall = [] { return Timestamp{read_clock(CLOCK_REALTIME)}; },
          .boot = [] { return read_clock(CLOCK_BOOTTIME); },
          .synchronised = kernel_synchronised};
}

BusinessClock::BusinessClock(Timestamp floor, bool settable, Sources sources)
    : sources_(sources),
      settable_(settable),
      base_boot_(sources.boot()),
      base_time_(sources.wall()) {
  raise(floor);
}

Timestamp BusinessClock::at(Duration boot) const {
  const Duration elapsed = boot - base_boot_;
  return base_time_ + (half_speed_ ? elapsed / 2 : elapsed);
}

void BusinessClock::restart_from(Duration boot, Timestamp time, bool half_speed) {
  base_boot_ = boot;
  base_time_ = time;
  half_speed_ = half_speed;
  synchronised_since_.reset();
}

Timestamp BusinessClock::now() const {
  MutexLock lock(mutex_);
  // Read under the lock: an older reading must not be used with a newer base.
  return at(sources_.boot());
}

Result<> BusinessClock::set(Timestamp time) {
  if (!settable_) {
    return Error{ErrorKind::forbidden, "clock_not_settable",
                 "The clock can only be set when the server was started with --test-clock."};
  }
  MutexLock lock(mutex_);
  const Duration boot = sources_.boot();
  if (time < at(boot)) {
    return Error{ErrorKind::invalid, "clock_backward", "The clock can only be moved forward."};
  }
  restart_from(boot, time, false);
  detached_ = true;
  held_jump_ = Duration{0};
  return {};
}

void BusinessClock::raise(Timestamp floor) {
  MutexLock lock(mutex_);
  const Duration boot = sources_.boot();
  if (floor <= at(boot)) return;
  restart_from(boot, floor, false);
  detached_ = settable_;
}

void BusinessClock::accept_wall() {
  MutexLock lock(mutex_);
  const Duration boot = sources_.boot();
  const Timestamp wall = sources_.wall();
  if (detached_ || wall <= at(boot)) return;
  restart_from(boot, wall, false);
  held_jump_ = Duration{0};
}

Duration BusinessClock::follow_wall() {
  MutexLock lock(mutex_);
  if (detached_) return Duration{0};
  const Duration boot = sources_.boot();
  const Timestamp now = at(boot);
  const Timestamp wall = sources_.wall();
  if (wall >= now) return follow_forward(boot, wall, wall - now);
  return follow_backward(boot, now, now - wall);
}

Duration BusinessClock::follow_forward(Duration boot, Timestamp wall, Duration ahead) {
  if (half_speed_) {
    // Met again; what it is ahead now is no more than one call's distance, or a new jump.
    restart_from(boot, at(boot), false);
    held_jump_ = Duration{0};
  }
  if (ahead <= kAlarm) {
    if (ahead > kNoise) restart_from(boot, wall, false);
    synchronised_since_.reset();
    held_jump_ = Duration{0};
    return held_jump_;
  }
  const bool another_jump = std::chrono::abs(ahead - held_jump_) > kAlarm;
  held_jump_ = ahead;
  if (another_jump || !sources_.synchronised()) synchronised_since_.reset();
  if (!sources_.synchronised()) return held_jump_;
  if (!synchronised_since_) synchronised_since_ = boot;
  if (boot - *synchronised_since_ >= kTrustAfter) {
    restart_from(boot, wall, false);
    held_jump_ = Duration{0};
  }
  return held_jump_;
}

Duration BusinessClock::follow_backward(Duration boot, Timestamp now, Duration behind) {
  synchronised_since_.reset();
  if (!half_speed_) {
    held_jump_ = Duration{0};
    if (behind <= kNoise) return held_jump_;
    restart_from(boot, now, true);
  }
  // The alarm of a large jump stays on until the clocks have met; small steps are slewed without
  // one.
  if (behind > kAlarm || held_jump_ != Duration{0}) held_jump_ = -behind;
  return held_jump_;
}

}  // namespace trailkeeper
