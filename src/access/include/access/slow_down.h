#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.h"
#include "base/result.h"
#include "base/thread_annotations.h"

namespace trailkeeper::access {

// Makes guessing of passwords slow without letting a stranger lock a person out. Wrong passwords
// are counted
//   per account and address: from the 5th a growing wait, 15 minutes from the 10th;
//   per address, over all accounts: the same at five times the count;
//   per account, over all addresses: a wait of at most 30 s, which an address that has signed in to
//   the account before does not have; over everything: above 300 in a minute, addresses that never
//   signed in wait for the next minute.
// A browser that signed in to the account before, known by its cookie, is counted by itself: it
// waits for its own mistakes only, whoever else tries from wherever.
// An IPv6 address counts as its /64. An hour without a wrong one forgets. In memory and bounded;
// thread-safe.
class SlowDown {
 public:
  // Where a try comes from.
  struct Source {
    std::string address;
    std::string device{};  // names a browser that is known for this account; empty: none
  };

  explicit SlowDown(const Clock& clock) : clock_(clock) {}

  // `limited` (`slow_down`) with retry_after when this try has to wait. Else the try is taken.
  Result<> admit(const std::string& account, const Source& source);
  void failed(const std::string& account, const Source& source);
  void succeeded(const std::string& account, const Source& source);

 private:
  struct Count {
    int wrong = 0;
    Timestamp last{};
  };
  using Counts = std::unordered_map<std::string, Count>;
  Duration wait(const Counts& counts, const std::string& key, int divisor, Duration longest,
                Timestamp now) const;
  // Forgets what is old, then those with the fewest wrong ones, down to half of what is allowed.
  static void make_room(Counts& counts, Timestamp now);
  void count(Counts& counts, const std::string& key, Timestamp now);

  const Clock& clock_;
  Mutex mutex_;
  Counts pairs_ GUARDED_BY(mutex_);
  Counts addresses_ GUARDED_BY(mutex_);
  Counts accounts_ GUARDED_BY(mutex_);
  std::unordered_set<std::string> known_ GUARDED_BY(mutex_);  // account and address that signed in
  Timestamp minute_ GUARDED_BY(mutex_){};
  int wrong_in_minute_ GUARDED_BY(mutex_) = 0;
};

}  // namespace trailkeeper::access
