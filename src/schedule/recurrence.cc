#include "schedule/recurrence.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "base/ascii.h"

namespace trailkeeper::schedule {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Bits = unsigned long long;

constexpr int kDaysAhead = 8 * 366;  // a 29 February that falls on one weekday can be far away
constexpr std::array<std::string_view, 5> kEvery{"hourly", "daily", "weekly", "monthly", "cron"};
constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};
constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};

Bits range(int first, int last, int step = 1) {
  Bits bits = 0;
  for (int i = first; i <= last; i += step) bits |= Bits{1} << i;
  return bits;
}

bool has(Bits bits, int value) { return (bits >> value & 1) != 0; }

Error invalid(std::string pointer, std::string code, std::string detail) {
  return Error{
      ErrorKind::invalid, "invalid_field", detail, {{std::move(pointer), std::move(code), detail}}};
}

Error bad_cron(std::string detail) { return invalid("/cron", "cron", std::move(detail)); }

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

// What one of the five fields may hold.
struct Field {
  std::string_view name;
  int min;
  int max;
};
constexpr std::array<Field, 5> kFields{
    {{"minute", 0, 59}, {"hour", 0, 23}, {"day", 1, 31}, {"month", 1, 12}, {"weekday", 0, 7}}};

std::optional<int> cron_value(const Field& field, std::string_view text) {
  const std::string word = lower_ascii(text);
  if (field.name == "month") {
    for (std::size_t i = 0; i < kMonths.size(); ++i)
      if (word == kMonths[i]) return static_cast<int>(i) + 1;
  }
  if (field.name == "weekday") {
    for (std::size_t i = 0; i < kWeekdays.size(); ++i)
      if (word == kWeekdays[i].substr(0, 3)) return static_cast<int>(i);
  }
  const auto value = number(text);
  if (!value || *value < field.min || *value > field.max) return std::nullopt;
  return value;
}

Result<Bits> cron_item(const Field& field, std::string_view item) {
  const auto wrong = [&] {
    return bad_cron("The " + std::string(field.name) + " " + std::string(item) +
                    " is none of cron's.");
  };
  int step = 1;
  const auto slash = item.find('/');
  const std::string_view of = item.substr(0, slash);
  if (slash != std::string_view::npos) {
    const auto given = number(item.substr(slash + 1));
    if (!given || *given < 1 || *given > field.max) return wrong();
    step = *given;
  }
  int first = field.min, last = field.name == "weekday" ? 6 : field.max;
  if (of != "*") {
    const auto dash = of.find('-');
    const auto from = cron_value(field, of.substr(0, dash));
    if (!from) return wrong();
    first = *from;
    // `5/10` counts up to the end, as cron has it; `5` is one value.
    if (dash != std::string_view::npos) {
      const auto to = cron_value(field, of.substr(dash + 1));
      if (!to || *to < first) return wrong();
      last = *to;
    } else if (slash == std::string_view::npos) {
      last = first;
    }
  }
  return range(first, last, step);
}

Result<Bits> cron_field(const Field& field, std::string_view text) {
  Bits bits = 0;
  for (const std::string_view item : split(text, ',')) bits |= TRY(cron_item(field, item));
  if (field.name == "weekday" && has(bits, 7)) bits |= 1;
  return bits;
}

const date::time_zone& zone_at(const void* zone) {
  return *static_cast<const date::time_zone*>(zone);
}

date::local_days local_day(int days) { return date::local_days(date::days(days)); }

}  // namespace

std::string_view to_string(Recurrence::Every every) {
  return kEvery[static_cast<std::size_t>(every)];
}

std::optional<Recurrence::Every> parse_every(std::string_view word) {
  for (std::size_t i = 0; i < kEvery.size(); ++i) {
    if (kEvery[i] == word) return static_cast<Recurrence::Every>(i);
  }
  return std::nullopt;
}

std::string_view weekday_name(int weekday) {
  return kWeekdays.at(static_cast<std::size_t>(weekday));
}

std::optional<int> parse_weekday(std::string_view name) {
  for (std::size_t i = 0; i < kWeekdays.size(); ++i) {
    if (kWeekdays[i] == name) return static_cast<int>(i);
  }
  return std::nullopt;
}

Result<Calendar::Cron> Calendar::parse_cron(std::string_view text) {
  std::vector<std::string_view> fields;
  for (const std::string_view part : split(text, ' ')) {
    if (!part.empty()) fields.push_back(part);
  }
  if (fields.size() != kFields.size())
    return bad_cron("Give five fields: minute, hour, day of month, month, day of week.");
  Cron cron;
  cron.minutes = TRY(cron_field(kFields[0], fields[0]));
  cron.hours = TRY(cron_field(kFields[1], fields[1]));
  cron.days = TRY(cron_field(kFields[2], fields[2]));
  cron.months = TRY(cron_field(kFields[3], fields[3]));
  cron.weekdays = TRY(cron_field(kFields[4], fields[4]));
  cron.any_day = fields[2].starts_with('*');
  cron.any_weekday = fields[4].starts_with('*');
  cron.by_real_hours = fields[1].starts_with('*');
  return cron;
}

Calendar::Cron Calendar::cron_of(const Recurrence& recurrence) {
  Cron cron;
  cron.minutes = range(recurrence.minute, recurrence.minute);
  cron.hours = range(recurrence.hour, recurrence.hour);
  cron.days = range(1, 31);
  cron.months = range(1, 12);
  cron.weekdays = range(0, 6);
  if (recurrence.every == Recurrence::Every::hourly) {
    cron.hours = range(0, 23);
    cron.by_real_hours = true;
  } else if (recurrence.every == Recurrence::Every::weekly) {
    cron.weekdays = range(recurrence.weekday, recurrence.weekday);
    cron.any_weekday = false;
  }
  return cron;
}

Result<Calendar> Calendar::make(const Recurrence& recurrence) {
  if (recurrence.hour < 0 || recurrence.hour > 23 || recurrence.minute < 0 ||
      recurrence.minute > 59)
    return invalid("/at", "time", "Give a time of day such as 04:30.");
  if (recurrence.day < 1 || recurrence.day > 31)
    return invalid("/day", "day", "Give a day of the month, 1 to 31.");
  Cron cron = cron_of(recurrence);
  if (recurrence.every == Recurrence::Every::cron) cron = TRY(parse_cron(recurrence.cron));
  try {
    Calendar calendar(recurrence, cron, date::locate_zone(recurrence.zone));
    if (!calendar.next(Timestamp{std::chrono::hours(24 * 365 * 50)}))
      return bad_cron("No day is ever like that.");
    return calendar;
  } catch (const std::runtime_error&) {
    return invalid("/zone", "zone",
                   "There is no such time zone. Give a name such as Europe/Berlin.");
  }
}

int Calendar::local_day_of(Timestamp time) const {
  const auto local = zone_at(zone_).to_local(date::floor<seconds>(time));
  return static_cast<int>(date::floor<date::days>(local).time_since_epoch().count());
}

bool Calendar::has_day(int day) const {
  const date::year_month_day ymd{local_day(day)};
  const auto month_day = static_cast<int>(static_cast<unsigned>(ymd.day()));
  if (recurrence_.every == Recurrence::Every::monthly) {
    const date::year_month_day_last end{ymd.year() / ymd.month() / date::last};
    const auto last = static_cast<int>(static_cast<unsigned>(end.day()));
    return month_day == std::min(recurrence_.day, last);
  }
  if (!has(cron_.months, static_cast<int>(static_cast<unsigned>(ymd.month())))) return false;
  const auto weekday = static_cast<int>(date::weekday(local_day(day)).c_encoding());
  const bool day_fits = has(cron_.days, month_day);
  const bool weekday_fits = has(cron_.weekdays, weekday);
  // As cron has it: where both are given, either will do.
  if (!cron_.any_day && !cron_.any_weekday) return day_fits || weekday_fits;
  return day_fits && weekday_fits;
}

std::vector<Timestamp> Calendar::times_on(int day) const {
  std::vector<Timestamp> times;
  if (!has_day(day)) return times;
  const date::time_zone& zone = zone_at(zone_);
  for (int hour = 0; hour < 24; ++hour) {
    if (!has(cron_.hours, hour)) continue;
    for (int minute = 0; minute < 60; ++minute) {
      if (!has(cron_.minutes, minute)) continue;
      const auto local = local_day(day) + hours(hour) + minutes(minute);
      const date::local_info info = zone.get_info(local);
      const auto at = [&](const date::sys_info& rule) {
        return Timestamp(local.time_since_epoch() - rule.offset);
      };
      if (info.result != date::local_info::nonexistent) {
        times.push_back(at(info.first));
        if (info.result == date::local_info::ambiguous && cron_.by_real_hours)
          times.push_back(at(info.second));
      } else if (!cron_.by_real_hours) {
        times.push_back(Timestamp(info.first.end));
      }
    }
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

std::optional<Timestamp> Calendar::next(Timestamp time) const {
  // The day before too: a gap at midnight moves its times into the next day.
  const int day = local_day_of(time);
  for (int i = -1; i < kDaysAhead; ++i) {
    for (const Timestamp each : times_on(day + i)) {
      if (each > time) return each;
    }
  }
  return std::nullopt;
}

std::optional<Timestamp> Calendar::last(Timestamp time) const {
  const int day = local_day_of(time);
  for (int i = 0; i < kDaysAhead; ++i) {
    const auto times = times_on(day - i);
    for (auto each = times.rbegin(); each != times.rend(); ++each) {
      if (*each <= time) return *each;
    }
  }
  return std::nullopt;
}

std::vector<Interval> closed_intervals(const Calendar& calendar, Timestamp start, Timestamp now,
                                       std::size_t intervals_max) {
  std::vector<Interval> intervals;
  while (intervals.size() < intervals_max) {
    const auto end = calendar.next(start);
    if (!end || *end > now) break;
    intervals.push_back({start, *end});
    start = *end;
  }
  return intervals;
}

}  // namespace trailkeeper::schedule
