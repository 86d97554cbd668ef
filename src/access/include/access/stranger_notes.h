#pragma once

#include <cstdint>

#include "base/time.h"

namespace trailkeeper::access {

// Failed sign-ins of unknown emails go into the operators' own trail; whoever makes up emails must
// not fill it. So many a minute are noted one by one; what comes beyond is counted and noted
// together. Not thread-safe.
class StrangerNotes {
 public:
  static constexpr int kPerMinuteMax = 30;

  // What to do about one more failure.
  struct Verdict {
    bool note = false;          // an entry of its own
    std::uint64_t unnoted = 0;  // of the minutes before, to be noted together now
  };
  Verdict failed(Timestamp now);
  // The ones that were only counted in a minute that is over; they count as noted then.
  std::uint64_t take_unnoted(Timestamp now);

 private:
  Timestamp minute_{};
  int in_minute_ = 0;
  std::uint64_t unnoted_ = 0;
};

}  // namespace trailkeeper::access
