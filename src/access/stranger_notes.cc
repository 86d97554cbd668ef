#include "access/stranger_notes.h"

#include <chrono>
#include <utility>

namespace trailkeeper::access {

std::uint64_t StrangerNotes::take_unnoted(Timestamp now) {
  if (now - minute_ < std::chrono::minutes(1)) return 0;
  return std::exchange(unnoted_, 0);
}

StrangerNotes::Verdict StrangerNotes::failed(Timestamp now) {
  const std::uint64_t before = take_unnoted(now);
  if (now - minute_ >= std::chrono::minutes(1)) {
    minute_ = now;
    in_minute_ = 0;
  }
  if (in_minute_ < kPerMinuteMax) {
    ++in_minute_;
    return {.note = true, .unnoted = before};
  }
  ++unnoted_;
  return {.unnoted = before};
}

}  // namespace trailkeeper::access
