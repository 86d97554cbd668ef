#include "base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace trailkeeper {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kFirstMicros = -62'167'219'200 * kSecond;     // 0000-01-01T00:00:00Z
constexpr std::int64_t kLastMicros = 253'402'300'800 * kSecond - 1;  // 9999-12-31T23:59:59.999999Z
constexpr std::int64_t kBase = 1'795'356'178 * kSecond;              // 2026-11-22T14:02:58Z

std::optional<std::int64_t> micros_of(std::string_view text) {
  const auto time = parse_rfc3339(text);
  if (!time) return std::nullopt;
  return to_micros(*time);
}

TEST(ParseRfc3339, ReadsEveryForm) {
  const struct {
    std::string_view text;
    std::int64_t micros;
  } cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01t00:00:00z", 0},
      {"1970-01-01T00:00:00+00:00", 0},
      {"1970-01-01T00:00:00-00:00", 0},
      {"1970-01-01T01:30:00+01:30", 0},
      {"1969-12-31T00:01:00-23:59", 0},
      {"1970-01-01T23:59:00+23:59", 0},
      {"1969-12-31T23:59:59.999999Z", -1},
      {"1970-01-01T00:00:00.000001Z", 1},
      {"2026-11-22T14:02:58Z", kBase},
      {"2026-11-22T14:02:58.5Z", kBase + 500'000},
      {"2026-11-22T14:02:58.001Z", kBase + 1'000},
      {"2026-11-22T14:02:58.123456Z", kBase + 123'456},
      // Finer than a microsecond is cut, never rounded.
      {"2026-11-22T14:02:58.1234569Z", kBase + 123'456},
      {"2026-11-22T14:02:58.999999999999999999999999Z", kBase + 999'999},
      {"1969-12-31T23:59:58.9999999Z", -1'000'001},
      {"2026-11-22T14:02:58.000000000+00:00", kBase},
      {"2026-11-22T19:32:58+05:30", kBase},
      {"2026-11-22T05:02:58-09:00", kBase},
      {"0000-01-01T00:00:00Z", kFirstMicros},
      {"9999-12-31T23:59:59.999999Z", kLastMicros},
      {"2000-02-29T00:00:00Z", 951'782'400 * kSecond},
      {"2024-02-29T23:59:59Z", 1'709'251'199 * kSecond},
      // Leap seconds: the last microsecond of their minute.
      {"2016-12-31T23:59:60Z", 1'483'228'800 * kSecond - 1},
      {"2016-12-31T23:59:60.5Z", 1'483'228'800 * kSecond - 1},
      {"2017-01-01T05:29:60+05:30", 1'483'228'800 * kSecond - 1},
      {"2015-06-30T16:59:60-07:00", 1'435'708'800 * kSecond - 1},
  };
  for (const auto& c : cases) EXPECT_EQ(micros_of(c.text), c.micros) << c.text;
}

TEST(ParseRfc3339, RefusesEverythingElse) {
  for (const std::string_view text :
       {"", "2026", "2026-11-22", "2026-11-22T14:02:58", "2026-11-22T14:02Z",
        "2026-11-22 14:02:58Z", "2026-11-22T14:02:58 Z", " 2026-11-22T14:02:58Z",
        "2026-11-22T14:02:58Z ", "2026-11-22T14:02:58Zx", "2026-11-22T14:02:58.Z",
        "2026-11-22T14:02:58,5Z", "2026-11-22T14:02:58.5", "2026-11-22T14:02:58.5.5Z",
        "2026-11-22T14:02:58+0530", "2026-11-22T14:02:58+05", "2026-11-22T14:02:58+5:30",
        "2026-11-22T14:02:58+24:00", "2026-11-22T14:02:58+05:60", "2026-11-22T14:02:58+05:30Z",
        "2026-11-22T14:02:58GMT", "2026-11-22T24:00:00Z", "2026-11-22T14:60:00Z",
        "2026-11-22T14:02:61Z", "2026-00-22T14:02:58Z", "2026-13-22T14:02:58Z",
        "2026-11-00T14:02:58Z", "2026-11-31T14:02:58Z", "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "02026-11-22T14:02:58Z",
        "26-11-22T14:02:58Z", "-026-11-22T14:02:58Z", "2026-1-22T14:02:58Z", "2026/11/22T14:02:58Z",
        "20261122T140258Z", "2026-11-22T1a:02:58Z", "2026-11-22T+4:02:58Z", "1795356178",
        "2026-W47-7T14:02:58Z",
        // Beyond what can be written again.
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z",
        // Leap seconds are at the end of a month, in UTC.
        "2016-12-31T12:30:60Z", "2016-12-30T23:59:60Z", "2016-12-31T23:59:60+01:00",
        "2016-12-31T23:58:60Z", "2016-12-31T23:59:61Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(FormatRfc3339, WritesSixDigits) {
  EXPECT_EQ(format_rfc3339(from_micros(kBase + 1'000)), "2026-11-22T14:02:58.001000Z");
  EXPECT_EQ(format_rfc3339(from_micros(-1)), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_rfc3339(from_micros(kFirstMicros)), "0000-01-01T00:00:00.000000Z");
  EXPECT_EQ(format_rfc3339(from_micros(kLastMicros)), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_rfc3339_seconds(from_micros(kBase + 999'999)), "2026-11-22T14:02:58Z");
  EXPECT_EQ(format_rfc3339(from_micros(INT64_MIN)), "0000-01-01T00:00:00.000000Z");
  EXPECT_EQ(format_rfc3339(from_micros(INT64_MAX)), "9999-12-31T23:59:59.999999Z");
  std::string out = "at ";
  append_rfc3339(out, from_micros(0));
  EXPECT_EQ(out, "at 1970-01-01T00:00:00.000000Z");
}

TEST(FormatDate, WritesDaysAndHttpDates) {
  EXPECT_EQ(format_date(from_micros(kBase)), "2026-11-22");
  EXPECT_EQ(format_http_date(from_micros(784'111'777 * kSecond)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format_http_date(from_micros(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(Floor, GoesDownBefore1970Too) {
  EXPECT_EQ(format_rfc3339(floor_hour(from_micros(kBase + 7))), "2026-11-22T14:00:00.000000Z");
  EXPECT_EQ(format_rfc3339(floor_day(from_micros(kBase + 7))), "2026-11-22T00:00:00.000000Z");
  EXPECT_EQ(format_rfc3339(floor_hour(from_micros(-1))), "1969-12-31T23:00:00.000000Z");
  EXPECT_EQ(format_rfc3339(floor_day(from_micros(-1))), "1969-12-31T00:00:00.000000Z");
  EXPECT_EQ(floor_hour(from_micros(3600 * kSecond)), from_micros(3600 * kSecond));
}

RC_GTEST_PROP(Rfc3339Property, WhatIsWrittenReadsBack, ()) {
  const auto micros = *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(kFirstMicros, kLastMicros + 1),
                                      rc::gen::inRange<std::int64_t>(-kSecond, kSecond));
  RC_ASSERT(micros_of(format_rfc3339(from_micros(micros))) == std::optional(micros));
}

RC_GTEST_PROP(Rfc3339Property, AnOffsetMovesTheTime, ()) {
  const auto micros = *rc::gen::inRange<std::int64_t>(0, kBase);
  const int minutes = *rc::gen::inRange(-(23 * 60 + 59), 23 * 60 + 60);
  std::string text = format_rfc3339(from_micros(micros));
  text.pop_back();
  const int away = minutes < 0 ? -minutes : minutes;
  text += minutes < 0 ? '-' : '+';
  for (const int part : {away / 60, away % 60}) {
    if (!text.ends_with('-') && !text.ends_with('+')) text += ':';
    text += static_cast<char>('0' + part / 10);
    text += static_cast<char>('0' + part % 10);
  }
  RC_ASSERT(micros_of(text) == std::optional(micros - minutes * 60 * kSecond));
}

}  // namespace
}  // namespace trailkeeper
