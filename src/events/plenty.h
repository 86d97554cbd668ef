#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "base/thread_annotations.h"
#include "base/time.h"

namespace trailkeeper::events {

// Searches that match more rows than are ever counted, and since when. Rows are only added, so a
// search that begins no later still matches as many, and need not count again. Thread-safe.
class Plenty {
 public:
  // `search` names the search but for its beginning, and the number that is counted to. The last
  // row that was needed to pass that number occurred at `time`.
  void note(const std::string& search, Timestamp time) {
    MutexLock lock(mutex_);
    if (times_.size() >= kSearchesMax) times_.clear();
    times_.insert_or_assign(search, time);
  }
  // Whether the search is known to match more when it begins at `from`, or has no beginning.
  bool knows(const std::string& search, std::optional<Timestamp> from) const {
    MutexLock lock(mutex_);
    const auto found = times_.find(search);
    return found != times_.end() && (!from || *from <= found->second);
  }
  // Rows are taken out.
  void clear() {
    MutexLock lock(mutex_);
    times_.clear();
  }

 private:
  static constexpr std::size_t kSearchesMax = 1000;

  mutable Mutex mutex_;
  std::unordered_map<std::string, Timestamp> times_ GUARDED_BY(mutex_);
};

}  // namespace trailkeeper::events
