#include "schedule/recurrence.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace trailkeeper::schedule {
namespace {

Timestamp at(const char* text) { return *parse_rfc3339(text); }

Calendar calendar(const Recurrence& recurrence) {
  auto made = Calendar::make(recurrence);
  EXPECT_TRUE(made) << (made ? "" : made.error().message);
  return *made;
}

std::vector<std::string> times(const Recurrence& recurrence, const char* after, std::size_t count) {
  const Calendar made = calendar(recurrence);
  std::vector<std::string> out;
  Timestamp time = at(after);
  while (out.size() < count) {
    const auto next = made.next(time);
    if (!next) break;
    time = *next;
    out.push_back(format_rfc3339_seconds(time));
  }
  return out;
}

using Texts = std::vector<std::string>;
using Every = Recurrence::Every;

// Berlin 2026: 29 March 02:00 -> 03:00, 25 October 03:00 -> 02:00.
TEST(Recurrence, ATimeInTheGapComesWhenTheGapEnds) {
  EXPECT_EQ(times({.every = Every::daily, .hour = 2, .minute = 30, .zone = "Europe/Berlin"},
                  "2026-03-27T12:00:00Z", 3),
            (Texts{"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}));
}

TEST(Recurrence, ATimeThatExistsTwiceComesOnce) {
  EXPECT_EQ(times({.every = Every::daily, .hour = 2, .minute = 30, .zone = "Europe/Berlin"},
                  "2026-10-24T12:00:00Z", 2),
            (Texts{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}));
}

TEST(Recurrence, HoursGoByRealTime) {
  const Recurrence hourly{.every = Every::hourly, .minute = 15, .zone = "Europe/Berlin"};
  EXPECT_EQ(times(hourly, "2026-03-29T00:00:00Z", 3),
            (Texts{"2026-03-29T00:15:00Z", "2026-03-29T01:15:00Z", "2026-03-29T02:15:00Z"}));
  EXPECT_EQ(times(hourly, "2026-10-25T00:00:00Z", 3),
            (Texts{"2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z", "2026-10-25T02:15:00Z"}));
}

TEST(Recurrence, AMonthWithoutTheDayTakesItsLast) {
  EXPECT_EQ(times({.every = Every::monthly, .hour = 6, .day = 31}, "2027-01-31T07:00:00Z", 3),
            (Texts{"2027-02-28T06:00:00Z", "2027-03-31T06:00:00Z", "2027-04-30T06:00:00Z"}));
}

TEST(Recurrence, WeeksAndCron) {
  EXPECT_EQ(times({.every = Every::weekly, .hour = 1, .weekday = 5}, "2026-11-23T00:00:00Z", 2),
            (Texts{"2026-11-27T01:00:00Z", "2026-12-04T01:00:00Z"}));
  EXPECT_EQ(times({.every = Every::cron, .cron = "30 4 1,15 * fri"}, "2026-11-23T00:00:00Z", 3),
            (Texts{"2026-11-27T04:30:00Z", "2026-12-01T04:30:00Z", "2026-12-04T04:30:00Z"}));
  EXPECT_EQ(
      times({.every = Every::cron, .cron = "*/20 8-9 * jan-mar 7"}, "2026-11-23T00:00:00Z", 2),
      (Texts{"2027-01-03T08:00:00Z", "2027-01-03T08:20:00Z"}));
  EXPECT_EQ(times({.every = Every::cron, .cron = "0 0 29 2 *"}, "2026-11-23T00:00:00Z", 1),
            (Texts{"2028-02-29T00:00:00Z"}));
}

TEST(Recurrence, WhatCannotBeIsRefusedWithItsPlace) {
  const std::map<std::string, Recurrence> wrong{
      {"/zone", {.zone = "Europe/Atlantis"}},
      {"/at", {.hour = 24}},
      {"/day", {.every = Every::monthly, .day = 0}},
      {"/cron", {.every = Every::cron, .cron = "0 0 30 2 *"}},
  };
  for (const auto& [pointer, recurrence] : wrong) {
    const auto made = Calendar::make(recurrence);
    ASSERT_FALSE(made) << pointer;
    EXPECT_EQ(made.error().fields.at(0).pointer, pointer);
  }
  for (const char* cron : {"", "* * * *", "60 * * * *", "* * 0 * *", "5-1 * * * *", "a * * * *",
                           "*/0 * * * *", "1,, * * * *", "* * * * 8"}) {
    EXPECT_FALSE(Calendar::make({.every = Every::cron, .cron = cron})) << cron;
  }
}

// A year over both clock changes, every interval exactly once, also when the service looks
// at any time or was away for days.
TEST(Recurrence, AYearHasEachIntervalOnceWheneverOneLooks) {
  std::vector<Recurrence> all;
  for (const char* zone : {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                           "America/Sao_Paulo", "Africa/Cairo", "Asia/Kathmandu"}) {
    all.push_back({.every = Every::hourly, .minute = 30, .zone = zone});
    for (const int hour : {0, 1, 2, 3, 23})
      all.push_back({.every = Every::daily, .hour = hour, .minute = 15, .zone = zone});
    all.push_back({.every = Every::weekly, .hour = 2, .minute = 30, .weekday = 0, .zone = zone});
    all.push_back({.every = Every::monthly, .hour = 0, .day = 31, .zone = zone});
    all.push_back({.every = Every::cron, .cron = "5,35 1-3 * * *", .zone = zone});
  }
  const Timestamp begin = at("2026-01-01T12:00:00Z"), end = at("2027-01-01T12:00:00Z");
  for (const Recurrence& recurrence : all) {
    const Calendar made = calendar(recurrence);
    const auto whole = closed_intervals(made, begin, end, 100'000);
    ASSERT_FALSE(whole.empty());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      ASSERT_LT(whole[i].start, whole[i].end);
      if (i > 0) {
        ASSERT_EQ(whole[i].start, whole[i - 1].end);
      }
      ASSERT_EQ(made.last(whole[i].end), whole[i].end);
    }
    // Days have their one time; an hour's is a real hour after the one before.
    if (recurrence.every == Every::daily) {
      EXPECT_EQ(whole.size(), 365u) << recurrence.zone;
    }
    if (recurrence.every == Every::monthly) {
      EXPECT_EQ(whole.size(), 12u) << recurrence.zone;
    }
    if (recurrence.every == Every::weekly) {
      EXPECT_EQ(whole.size(), 52u) << recurrence.zone;
    }
    if (recurrence.every == Every::hourly && recurrence.zone != "Australia/Lord_Howe") {
      EXPECT_EQ(whole.size(), 365u * 24) << recurrence.zone;
    }

    std::vector<Interval> looked;
    Timestamp planned = begin;
    int step = 1;
    for (Timestamp now = begin; now <= end; now += std::chrono::minutes(step)) {
      for (const Interval& each : closed_intervals(made, planned, now, 3)) {
        looked.push_back(each);
        planned = each.end;
      }
      step = step * 7 % 4999 + 13;  // looks at odd times, some days apart
    }
    while (true) {
      const auto rest = closed_intervals(made, planned, end, 50);
      if (rest.empty()) break;
      looked.insert(looked.end(), rest.begin(), rest.end());
      planned = rest.back().end;
    }
    EXPECT_EQ(looked, whole) << recurrence.zone << " " << to_string(recurrence.every);
  }
}

}  // namespace
}  // namespace trailkeeper::schedule
