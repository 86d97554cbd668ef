#pragma once

#include <atomic>

#include "base/clock.h"

namespace trailkeeper::server {

// Stands for the business clock until that can be made: it needs to know the latest time that the
// journal holds, and the journal needs a clock. Thread-safe.
class LateClock final : public Clock {
 public:
  Timestamp now() const override {
    const Clock* clock = clock_.load();
    return clock != nullptr ? clock->now() : wall_.now();
  }
  // `clock` outlives this.
  void become(const Clock& clock) { clock_.store(&clock); }

 private:
  WallClock wall_;
  std::atomic<const Clock*> clock_{nullptr};
};

}  // namespace trailkeeper::server
