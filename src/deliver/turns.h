#pragma once

#include <chrono>
#include <set>
#include <string>
#include <utility>

#include "base/ids.h"
#include "base/thread_annotations.h"

namespace trailkeeper::deliver {

using DestinationKey = std::pair<OrgId, std::string>;

// One piece of work at a time for each destination. Thread-safe.
class Turns {
 public:
  // False when another has the turn.
  bool try_take(const DestinationKey& key) {
    const MutexLock lock(mutex_);
    return taken_.insert(key).second;
  }
  // Waits for the turn; false when it did not come in time.
  bool take(const DestinationKey& key, std::chrono::milliseconds wait_max) {
    const MutexLock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + wait_max;
    while (taken_.contains(key)) {
      if (given_.wait_until(mutex_, until) == std::cv_status::timeout && taken_.contains(key))
        return false;
    }
    taken_.insert(key);
    return true;
  }
  void give(const DestinationKey& key) {
    {
      const MutexLock lock(mutex_);
      taken_.erase(key);
    }
    given_.notify_all();
  }
  bool is_taken(const DestinationKey& key) {
    const MutexLock lock(mutex_);
    return taken_.contains(key);
  }

 private:
  Mutex mutex_;
  ConditionVariable given_;
  std::set<DestinationKey> taken_ GUARDED_BY(mutex_);
};

// Gives the turn back when it goes.
class Turn {
 public:
  Turn(Turns& turns, DestinationKey key) : turns_(turns), key_(std::move(key)) {}
  ~Turn() { turns_.give(key_); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Turns& turns_;
  const DestinationKey key_;
};

}  // namespace trailkeeper::deliver
