#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "base/time.h"

namespace trailkeeper {

// Where time comes from. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

// The machine's wall clock: for signatures of requests, TLS, STS and OIDC, where the other side's clock counts.
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

// The business clock: received_at, windows, schedules, retention, the viewing window and every expiry of ours. It never goes
// back. It extrapolates with CLOCK_BOOTTIME from the wall time at start. A wall clock that jumps more than 5 s away
// raises an alarm; forward it is taken once the kernel has reported a synchronised clock for 60 s or the operator
// accepts it; backward this clock runs at half speed until the wall clock has caught up. Thread-safe.
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

  // Moves the clock forward at once; it then runs on. `invalid` when it would go back, `forbidden` when not settable.
  Result<> set(Timestamp time);

  // Takes a forward jump of the wall clock at once, on an operator's word.
  void accept_wall();

  // Compares with the wall clock; called about once a second. Answers the jump that is being held back or slewed,
  // zero when there is none.
  Duration follow_wall();

 private:
  struct Reading;
  Timestamp at(Duration boot) const;

  const Sources sources_;
  const bool settable_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Duration base_boot_;
  Timestamp base_time_;
  bool half_speed_ = false;
  bool detached_ = false;
  std::optional<Duration> synchronised_since_;
  Duration held_jump_{0};
};

}  // namespace trailkeeper
