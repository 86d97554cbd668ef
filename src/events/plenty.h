#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "base/thread_annotations.h"
#include "base/time.h"

namespace trailkeeper::events {

// Searches that match more rows than are ever counted, and since when. Rows are only added, so a
// search that begins no later still matches as many, and need not count again; and its newest rows
// are no older than they were. Thread-safe.
class Plenty {
 public:
  // `search` names the search but for its beginning, and the number that is counted to. The last
  // row that was needed to pass that number occurred at `time`.
  void note(const std::string& search, Timestamp time) {
    MutexLock lock(mutex_);
    if (known_.size() >= kSearchesMax) known_.clear();
    known_.insert_or_assign(search, Known{.since = time});
  }
  // Whether the search is known to match more when it begins at `from`, or has no beginning.
  bool knows(const std::string& search, std::optional<Timestamp> from) const {
    MutexLock lock(mutex_);
    const auto found = known_.find(search);
    return found != known_.end() && (!from || *from <= found->second.since);
  }
  // Of a search that is known, the newest `rows` occurred at `time` or later.
  void note_newest(const std::string& search, std::size_t rows, Timestamp time) {
    MutexLock lock(mutex_);
    const auto found = known_.find(search);
    if (found == known_.end()) return;
    found->second.newest_rows = rows;
    found->second.newest_since = time;
  }
  // Since when at least `rows` of the search's rows occurred; empty when that is not known.
  std::optional<Timestamp> newest_since(const std::string& search, std::size_t rows) const {
    MutexLock lock(mutex_);
    const auto found = known_.find(search);
    if (found == known_.end() || found->second.newest_rows < rows) return std::nullopt;
    return found->second.newest_since;
  }
  // Rows are taken out.
  void clear() {
    MutexLock lock(mutex_);
    known_.clear();
  }

 private:
  static constexpr std::size_t kSearchesMax = 1000;

  struct Known {
    Timestamp since{};
    std::size_t newest_rows = 0;
    Timestamp newest_since{};
  };

  mutable Mutex mutex_;
  std::unordered_map<std::string, Known> known_ GUARDED_BY(mutex_);
};

}  // namespace trailkeeper::events
