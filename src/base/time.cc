#include "base/time.h"

#include <algorithm>
#include <array>

namespace trailkeeper {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr Timestamp kFirst = sys_days{std::chrono::year{0} / 1 / 1};
constexpr Timestamp kLast = sys_days{std::chrono::year{10000} / 1 / 1} - Duration{1};

struct Broken {
  unsigned year, month, day, hour, minute, second, micro;
  std::chrono::weekday weekday;
};

Broken break_up(Timestamp time) {
  time = std::clamp(time, kFirst, kLast);
  const auto day = std::chrono::floor<days>(time);
  const year_month_day date{day};
  const auto rest = static_cast<std::uint64_t>((time - day).count());
  const auto second = static_cast<unsigned>(rest / 1'000'000);
  return {.year = static_cast<unsigned>(static_cast<int>(date.year())),
          .month = static_cast<unsigned>(date.month()),
          .day = static_cast<unsigned>(date.day()),
          .hour = second / 3600,
          .minute = second / 60 % 60,
          .second = second % 60,
          .micro = static_cast<unsigned>(rest % 1'000'000),
          .weekday = std::chrono::weekday{day}};
}

char* put(char* out, unsigned value, int digits) {
  for (int i = digits - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + digits;
}

char* put_date(char* out, const Broken& b) {
  out = put(out, b.year, 4);
  *out++ = '-';
  out = put(out, b.month, 2);
  *out++ = '-';
  return put(out, b.day, 2);
}

char* put_clock(char* out, const Broken& b) {
  out = put(out, b.hour, 2);
  *out++ = ':';
  out = put(out, b.minute, 2);
  *out++ = ':';
  return put(out, b.second, 2);
}

// Reads a text from left to right; a failed step leaves it failed.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  unsigned digits(int count) {
    unsigned value = 0;
    for (int i = 0; i < count; ++i) {
      if (!at_digit()) {
        failed_ = true;
        return 0;
      }
      value = value * 10 + static_cast<unsigned>(text_[position_++] - '0');
    }
    return value;
  }

  bool take(char c) {
    if (position_ < text_.size() && text_[position_] == c) {
      ++position_;
      return true;
    }
    return false;
  }

  void expect(char c) { failed_ |= !take(c); }
  void expect_either(char a, char b) { failed_ |= !take(a) && !take(b); }

  // Digits after the point, the first six of them counted.
  unsigned fraction_micros() {
    if (!at_digit()) failed_ = true;
    unsigned value = 0;
    int used = 0;
    for (; at_digit(); ++position_) {
      if (used < 6) {
        value = value * 10 + static_cast<unsigned>(text_[position_] - '0');
        ++used;
      }
    }
    for (; used < 6; ++used) value *= 10;
    return value;
  }

  bool done() const { return !failed_ && position_ == text_.size(); }
  bool ok() const { return !failed_; }

 private:
  bool at_digit() const {
    return position_ < text_.size() && text_[position_] >= '0' && text_[position_] <= '9';
  }

  std::string_view text_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

// Offset from UTC: "Z" or "+hh:mm" or "-hh:mm".
std::optional<minutes> scan_offset(Scanner& in) {
  if (in.take('Z') || in.take('z')) return minutes{0};
  const bool negative = in.take('-');
  if (!negative) in.expect('+');
  const unsigned hour = in.digits(2);
  in.expect(':');
  const unsigned minute = in.digits(2);
  if (!in.ok() || hour > 23 || minute > 59) return std::nullopt;
  const minutes offset{static_cast<int>(hour * 60 + minute)};
  return negative ? -offset : offset;
}

// Leap seconds are inserted at the end of a UTC month only.
bool may_have_leap_second(Timestamp minute_start) {
  const auto next = minute_start + minutes{1};
  const auto day = std::chrono::floor<days>(next);
  return next == day && year_month_day{day}.day() == std::chrono::day{1};
}

}  // namespace

void append_rfc3339(std::string& out, Timestamp time) {
  const Broken b = break_up(time);
  std::array<char, 27> text;
  char* p = put_date(text.data(), b);
  *p++ = 'T';
  p = put_clock(p, b);
  *p++ = '.';
  p = put(p, b.micro, 6);
  *p = 'Z';
  out.append(text.data(), text.size());
}

std::string format_rfc3339(Timestamp time) {
  std::string out;
  append_rfc3339(out, time);
  return out;
}

std::string format_rfc3339_seconds(Timestamp time) {
  std::string out = format_rfc3339(time);
  out.resize(19);
  out += 'Z';
  return out;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  Scanner in(text);
  const unsigned year = in.digits(4);
  in.expect('-');
  const unsigned month = in.digits(2);
  in.expect('-');
  const unsigned day = in.digits(2);
  in.expect_either('T', 't');
  const unsigned hour = in.digits(2);
  in.expect(':');
  const unsigned minute = in.digits(2);
  in.expect(':');
  const unsigned second = in.digits(2);
  const unsigned micro = in.take('.') ? in.fraction_micros() : 0;
  if (!in.ok()) return std::nullopt;
  const auto offset = scan_offset(in);
  if (!offset || !in.done()) return std::nullopt;

  const year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                            std::chrono::day{day}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const Timestamp start = sys_days{date} + hours{hour} + minutes{minute} - *offset;
  Timestamp time = start + seconds{second} + Duration{micro};
  if (second == 60) {
    if (!may_have_leap_second(start)) return std::nullopt;
    time = start + minutes{1} - Duration{1};
  }
  if (time < kFirst || time > kLast) return std::nullopt;
  return time;
}

std::string format_date(Timestamp time) {
  std::string out(10, ' ');
  put_date(out.data(), break_up(time));
  return out;
}

std::string format_http_date(Timestamp time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Broken b = break_up(time);
  std::string out = kDays[b.weekday.c_encoding()];
  std::array<char, 8> digits;
  const auto number = [&](unsigned value, int count) {
    return std::string_view(digits.data(), put(digits.data(), value, count) - digits.data());
  };
  out.append(", ").append(number(b.day, 2)).append(" ").append(kMonths[b.month - 1]).append(" ");
  out.append(number(b.year, 4)).append(" ");
  out.append(digits.data(), put_clock(digits.data(), b) - digits.data());
  return out.append(" GMT");
}

Timestamp floor_hour(Timestamp time) { return std::chrono::floor<hours>(time); }

Timestamp floor_day(Timestamp time) { return std::chrono::floor<days>(time); }

}  // namespace trailkeeper
