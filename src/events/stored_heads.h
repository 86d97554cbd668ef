#pragma once

#include <algorithm>
#include <optional>

#include "base/thread_annotations.h"
#include "events/row.h"

namespace trailkeeper::events {

// Up to where each organization's entries are stored, as far as the inserts of this process tell.
// Batches are inserted in the order of commit, each once the one before is there, so all before the
// last inserted entry is stored. Thread-safe.
class StoredHeads {
 public:
  // An insert of these has succeeded.
  void raise(const OrgHeads& heads) {
    MutexLock lock(mutex_);
    if (given_up_) return;
    for (const auto& [org, seq] : heads) {
      Seq& known = heads_[org];
      known = std::max(known, seq);
    }
  }
  // An insert has failed or its outcome is not known.
  void forget() {
    MutexLock lock(mutex_);
    heads_.clear();
  }
  // A batch is taken out, to be inserted again after others: from now on nothing is known.
  void give_up() {
    MutexLock lock(mutex_);
    given_up_ = true;
    heads_.clear();
  }
  // Empty when it is not known.
  std::optional<Seq> find(const OrgId& org) const {
    MutexLock lock(mutex_);
    const auto found = heads_.find(org.str());
    if (found == heads_.end()) return std::nullopt;
    return found->second;
  }

 private:
  mutable Mutex mutex_;
  bool given_up_ GUARDED_BY(mutex_) = false;
  OrgHeads heads_ GUARDED_BY(mutex_);
};

}  // namespace trailkeeper::events
