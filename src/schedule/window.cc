#include "schedule/window.h"

#include <algorithm>

namespace trailkeeper::schedule {

std::string_view to_string(Frequency frequency) {
  return frequency == Frequency::hourly ? "hourly" : "daily";
}

std::optional<Frequency> parse_frequency(std::string_view word) {
  if (word == "hourly") return Frequency::hourly;
  if (word == "daily") return Frequency::daily;
  return std::nullopt;
}

Timestamp window_start(Frequency frequency, Timestamp time) {
  return frequency == Frequency::hourly ? floor_hour(time) : floor_day(time);
}

Timestamp window_end(Frequency frequency, Timestamp start) {
  const Duration length = frequency == Frequency::hourly ? Duration(std::chrono::hours(1))
                                                         : Duration(std::chrono::hours(24));
  return window_start(frequency, start) + length;
}

Timestamp due_time(Frequency frequency, Timestamp end) {
  return frequency == Frequency::hourly ? end : end + kDailyDelay;
}

std::optional<Window> next_closed(Frequency frequency, Timestamp start,
                                  const std::optional<Change>& change, Timestamp now) {
  Timestamp end = window_end(frequency, start);
  Timestamp due = due_time(frequency, end);
  if (change && change->at <= start) {
    end = window_end(change->to, start);
    due = due_time(change->to, end);
  } else if (change && change->at <= end) {
    end = change->at;
    due = change->at;
  } else if (change) {
    // The change makes everything that is closed due.
    due = std::min(due, change->at);
  }
  if (end > now) return std::nullopt;
  return Window{start, end, due};
}

std::vector<Window> closed_windows(Frequency frequency, Timestamp start,
                                   const std::optional<Change>& change, Timestamp now,
                                   std::size_t windows_max) {
  std::vector<Window> windows;
  while (windows.size() < windows_max) {
    const auto window = next_closed(frequency, start, change, now);
    if (!window) break;
    windows.push_back(*window);
    start = window->end;
  }
  return windows;
}

}  // namespace trailkeeper::schedule
