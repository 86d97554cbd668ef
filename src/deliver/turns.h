#pragma once

#include <chrono>
#include <functional>
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
  // False when another has the turn or waits for it.
  bool try_take(const DestinationKey& key) {
    const MutexLock lock(mutex_);
    return !wanted_.contains(key) && taken_.insert(key).second;
  }
  // Waits for the turn; false when it did not come in time. Nobody begins meanwhile; `ask` is
  // called first, to tell whoever has it to hurry.
  bool take(const DestinationKey& key, std::chrono::milliseconds wait_max,
            const std::function<void()>& ask) {
    want(key);
    ask();
    const MutexLock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + wait_max;
    bool in_time = true;
    while (in_time && taken_.contains(key))
      in_time = given_.wait_until(mutex_, until) != std::cv_status::timeout;
    wanted_.erase(wanted_.find(key));
    return taken_.insert(key).second;
  }
  void give(const DestinationKey& key) {
    {
      const MutexLock lock(mutex_);
      taken_.erase(key);
    }
    given_.notify_all();
  }
  std::size_t count() {
    const MutexLock lock(mutex_);
    return taken_.size();
  }
  bool is_taken(const DestinationKey& key) {
    const MutexLock lock(mutex_);
    return taken_.contains(key);
  }

 private:
  void want(const DestinationKey& key) {
    const MutexLock lock(mutex_);
    wanted_.insert(key);
  }

  Mutex mutex_;
  ConditionVariable given_;
  std::set<DestinationKey> taken_ GUARDED_BY(mutex_);
  std::multiset<DestinationKey> wanted_ GUARDED_BY(mutex_);  // by those who wait
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
