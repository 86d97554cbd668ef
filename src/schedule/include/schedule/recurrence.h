#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

// Schedules that people write: on a clock on the wall of some place. Pure but for the rules of time
// zones, which are read once from the system's tz database.
namespace trailkeeper::schedule {

struct Recurrence {
  enum class Every { hourly, daily, weekly, monthly, cron };
  Every every = Every::daily;
  int hour = 0;     // local
  int minute = 0;   // local; of hourly too
  int weekday = 1;  // of weekly: 0 is Sunday
  int day = 1;      // of monthly: 1 to 31; a month without it takes its last day
  std::string
      cron{};  // minute, hour, day of month, month, day of week; lists, ranges, steps, names
  std::string zone = "UTC";  // a name of the IANA database
};

std::string_view to_string(Recurrence::Every every);
std::optional<Recurrence::Every> parse_every(std::string_view word);
// "monday"; and back.
std::string_view weekday_name(int weekday);
std::optional<int> parse_weekday(std::string_view name);

// Reads the zone and the cron text; `invalid` with pointers /zone, /cron, /at, /day.
//
// What a clock change does: a time that does not exist on its day comes when the gap ends; one that
// exists twice comes the first time only. Hourly, and cron whose hour is `*` or steps, go by the
// time that really passes: an hour that exists twice comes twice.
class Calendar {
 public:
  static Result<Calendar> make(const Recurrence& recurrence);

  // The first time of the schedule after `time`; empty when there is none within eight years.
  std::optional<Timestamp> next(Timestamp time) const;
  // The last one at or before `time`; empty when there is none within eight years.
  std::optional<Timestamp> last(Timestamp time) const;

 private:
  // A field of cron: bit n for the value n.
  struct Cron {
    unsigned long long minutes = 0;
    unsigned long long hours = 0;
    unsigned long long days = 0;
    unsigned long long months = 0;
    unsigned long long weekdays = 0;
    bool any_day = true;
    bool any_weekday = true;
    bool by_real_hours = false;
  };
  static Result<Cron> parse_cron(std::string_view text);
  static Cron cron_of(const Recurrence& recurrence);
  explicit Calendar(Recurrence recurrence, Cron cron, const void* zone)
      : recurrence_(std::move(recurrence)), cron_(cron), zone_(zone) {}
  // The times on one local day (days since 1970), in order.
  std::vector<Timestamp> times_on(int local_day) const;
  bool has_day(int local_day) const;
  int local_day_of(Timestamp time) const;

  Recurrence recurrence_;
  Cron cron_;
  const void* zone_;  // of the tz database, which lives as long as the process
};

// [start, end): what a run covers; it is due at its end.
struct Interval {
  Timestamp start;
  Timestamp end;
  friend bool operator==(const Interval&, const Interval&) = default;
};

// The intervals between times of the schedule that lie after `start` and not after `now`, oldest
// first, at most `intervals_max`. Each begins where the one before ended; the first at `start`.
std::vector<Interval> closed_intervals(const Calendar& calendar, Timestamp start, Timestamp now,
                                       std::size_t intervals_max);

}  // namespace trailkeeper::schedule
