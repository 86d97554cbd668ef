#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/thread_annotations.h"
#include "base/time.h"

namespace trailkeeper {

// Where time comes from. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

// The machine's wall clock: for signatures of requests, TLS, STS and OIDC, where the other side's
// clock counts.
class WallClock final : public Clock {
 public:
  Timestamp now() const override;
};

// A clock that tests set by hand. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : micros_(to_micros(start)) {}
  Timestamp now() const override { return from_micros(micros_.load()); }
  void set(Timestamp time) { micros_.store(to_micros(time)); }
  void advance(Duration by) { micros_.fetch_add(by.count()); }

 private:
  std::atomic<std::int64_t> micros_;
};

// The business clock: received_at, windows, schedules, retention, the viewing window and every
// expiry of ours. It never goes back. It extrapolates with CLOCK_BOOTTIME from the wall time at
// start. A wall clock that jumps more than 5 s away raises an alarm; forward it is taken once the
// kernel has reported a synchronised clock for 60 s or the operator accepts it; backward this clock
// runs at half speed until the wall clock has caught up. Thread-safe.
class BusinessClock final : public Clock {
 public:
  // The readings this clock is made from; replaced in tests.
  struct Sources {
    Timestamp (*wall)();
    Duration (*boot)();
    bool (*synchronised)();
  };
  static Sources system_sources();

  // Starts at the later of the wall time and `floor`, the highest time that any store has seen.
  // With `settable`, set() is allowed and the wall clock is not followed any more once it was used.
  BusinessClock(Timestamp floor, bool settable, Sources sources = system_sources());

  Timestamp now() const override;

  // Moves the clock forward at once; it then runs on. `invalid` when it would go back, `forbidden`
  // when not settable.
  Result<> set(Timestamp time);

  // At start: never before `floor`, the highest time that a store opened since then has seen. A
  // clock that is settable and is moved by this had been set before the restart, so it stays apart
  // from the wall clock.
  void raise(Timestamp floor);

  // Takes a forward jump of the wall clock at once, on an operator's word.
  void accept_wall();

  // Compares with the wall clock; called about once a second. Answers the jump that is being held
  // back or slewed, zero when there is none.
  Duration follow_wall();

 private:
  Timestamp at(Duration boot) const REQUIRES(mutex_);
  void restart_from(Duration boot, Timestamp time, bool half_speed) REQUIRES(mutex_);
  Duration follow_forward(Duration boot, Timestamp wall, Duration ahead) REQUIRES(mutex_);
  Duration follow_backward(Duration boot, Timestamp now, Duration behind) REQUIRES(mutex_);

  const Sources sources_;
  const bool settable_;
  mutable Mutex mutex_;
  Duration base_boot_ GUARDED_BY(mutex_);
  Timestamp base_time_ GUARDED_BY(mutex_);
  bool half_speed_ GUARDED_BY(mutex_) = false;
  bool detached_ GUARDED_BY(mutex_) = false;  // set by hand once: the wall clock counts no more
  std::optional<Duration> synchronised_since_ GUARDED_BY(mutex_);
  Duration held_jump_ GUARDED_BY(mutex_){0};
};

}  // namespace trailkeeper
