#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"

// When windows of received time begin, end and become due. Pure: no clock, no state. All borders
// are UTC.
namespace trailkeeper::schedule {

enum class Frequency { hourly, daily };

std::string_view to_string(Frequency frequency);
// Empty for any other word.
std::optional<Frequency> parse_frequency(std::string_view word);

// A daily window is due this long after its end, so at 05:00 UTC of the day after.
inline constexpr Duration kDailyDelay = std::chrono::hours(5);

// [start, end) of received time. `due` is when its delivery should begin.
struct Window {
  Timestamp start;
  Timestamp end;
  Timestamp due;
  friend bool operator==(const Window&, const Window&) = default;
};

// A change of frequency that takes effect at `at`.
struct Change {
  Timestamp at;
  Frequency to = Frequency::hourly;
};

// The start of the full window that `time` lies in.
Timestamp window_start(Frequency frequency, Timestamp time);
// The first border after `start`.
Timestamp window_end(Frequency frequency, Timestamp start);
Timestamp due_time(Frequency frequency, Timestamp end);

// What follows a window that ended at `start`: up to the next border, or up to the change when that
// comes first. A part window that ends at a change is due at once. Empty while it is not closed at
// `now`. REQUIRES: change.at >= start, when there is one.
std::optional<Window> next_closed(Frequency frequency, Timestamp start,
                                  const std::optional<Change>& change, Timestamp now);

// All closed windows since `start`, oldest first, at most `windows_max`. With a change, those after
// it have its frequency.
std::vector<Window> closed_windows(Frequency frequency, Timestamp start,
                                   const std::optional<Change>& change, Timestamp now,
                                   std::size_t windows_max);

}  // namespace trailkeeper::schedule
