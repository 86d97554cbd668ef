#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trailkeeper {

// A moment in UTC, in microseconds since 1970. Every stored or exchanged time has this precision.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

constexpr Timestamp from_micros(std::int64_t micros) { return Timestamp{Duration{micros}}; }
constexpr std::int64_t to_micros(Timestamp time) { return time.time_since_epoch().count(); }

// RFC 3339 in UTC with six digits: 2026-11-22T14:02:58.001000Z. Years 0000 to 9999.
std::string format_rfc3339(Timestamp time);
// The same with whole seconds.
std::string format_rfc3339_seconds(Timestamp time);
// Appends format_rfc3339 to `out` without an allocation of its own.
void append_rfc3339(std::string& out, Timestamp time);

// RFC 3339 section 5.6, any offset, any number of fractional digits; finer than a microsecond is
// truncated. A leap second (:60, at the end of a UTC month only) is the last microsecond of its
// minute. Empty when it is not a valid time or lies, in UTC, outside of the years 0000 to 9999.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

// yyyy-mm-dd of the UTC day.
std::string format_date(Timestamp time);
// HTTP-date (RFC 9110 section 5.6.7).
std::string format_http_date(Timestamp time);

// Start of the UTC hour and day that `time` lies in.
Timestamp floor_hour(Timestamp time);
Timestamp floor_day(Timestamp time);

}  // namespace trailkeeper
