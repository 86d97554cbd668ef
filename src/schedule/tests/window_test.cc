#include "schedule/window.h"

#include <gtest/gtest.h>

namespace trailkeeper::schedule {
namespace {

Timestamp at(const char* text) { return parse_rfc3339(text).value(); }

TEST(Window, HourlyIsDueAtItsEnd) {
  const auto window =
      next_closed(Frequency::hourly, at("2026-11-22T14:00:00Z"), {}, at("2026-11-22T15:00:00Z"));
  ASSERT_TRUE(window);
  EXPECT_EQ(window->end, at("2026-11-22T15:00:00Z"));
  EXPECT_EQ(window->due, window->end);
}

TEST(Window, IsNotClosedBeforeItsEnd) {
  EXPECT_FALSE(next_closed(Frequency::hourly, at("2026-11-22T14:00:00Z"), {},
                           at("2026-11-22T14:59:59.999999Z")));
}

TEST(Window, DailyIsDueAtFive) {
  const auto window =
      next_closed(Frequency::daily, at("2026-11-22T00:00:00Z"), {}, at("2026-11-23T00:00:00Z"));
  ASSERT_TRUE(window);
  EXPECT_EQ(window->end, at("2026-11-23T00:00:00Z"));
  EXPECT_EQ(window->due, at("2026-11-23T05:00:00Z"));
}

TEST(Window, AStartWithinTheHourGivesAPartWindowFirst) {
  const auto windows = closed_windows(Frequency::hourly, at("2026-11-22T14:23:01.5Z"), {},
                                      at("2026-11-22T16:10:00Z"), 10);
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_EQ(windows[0].start, at("2026-11-22T14:23:01.5Z"));
  EXPECT_EQ(windows[0].end, at("2026-11-22T15:00:00Z"));
  EXPECT_EQ(windows[1].end, at("2026-11-22T16:00:00Z"));
}

TEST(Window, AChangeFromHourlyToDailyClosesAPartWindow) {
  const Change change{at("2026-11-22T14:23:00Z"), Frequency::daily};
  const auto windows = closed_windows(Frequency::hourly, at("2026-11-22T13:00:00Z"), change,
                                      at("2026-11-23T00:00:00Z"), 10);
  ASSERT_EQ(windows.size(), 3u);
  EXPECT_EQ(windows[0], (Window{at("2026-11-22T13:00:00Z"), at("2026-11-22T14:00:00Z"),
                                at("2026-11-22T14:00:00Z")}));
  EXPECT_EQ(windows[1], (Window{at("2026-11-22T14:00:00Z"), change.at, change.at}));
  EXPECT_EQ(windows[2],
            (Window{change.at, at("2026-11-23T00:00:00Z"), at("2026-11-23T05:00:00Z")}));
}

TEST(Window, AChangeFromDailyToHourlyMakesClosedDaysDueAtOnce) {
  const Change change{at("2026-11-23T03:10:00Z"), Frequency::hourly};
  const auto windows = closed_windows(Frequency::daily, at("2026-11-22T00:00:00Z"), change,
                                      at("2026-11-23T05:00:00Z"), 10);
  ASSERT_EQ(windows.size(), 4u);
  EXPECT_EQ(windows[0].due, change.at);
  EXPECT_EQ(windows[1], (Window{at("2026-11-23T00:00:00Z"), change.at, change.at}));
  EXPECT_EQ(windows[2].end, at("2026-11-23T04:00:00Z"));
  EXPECT_EQ(windows[3].end, at("2026-11-23T05:00:00Z"));
}

TEST(Window, AChangeOnTheBorderNeedsNoPartWindow) {
  const Change change{at("2026-11-22T14:00:00Z"), Frequency::daily};
  const auto windows = closed_windows(Frequency::hourly, at("2026-11-22T14:00:00Z"), change,
                                      at("2026-11-23T00:00:00Z"), 10);
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows[0], (Window{at("2026-11-22T14:00:00Z"), at("2026-11-23T00:00:00Z"),
                                at("2026-11-23T05:00:00Z")}));
}

// Promise 5: whatever the times and changes, windows are contiguous and never overlap.
TEST(Window, AreContiguousForEveryChangeInADay) {
  const Timestamp start = at("2026-02-28T22:17:00Z");
  const Timestamp now = at("2026-03-03T06:00:00Z");
  for (const auto from : {Frequency::hourly, Frequency::daily}) {
    for (int minute = 0; minute < 2 * 1440; minute += 7) {
      const Change change{start + std::chrono::minutes(minute),
                          from == Frequency::hourly ? Frequency::daily : Frequency::hourly};
      const auto windows = closed_windows(from, start, change, now, 1000);
      ASSERT_FALSE(windows.empty());
      Timestamp expected = start;
      for (const Window& window : windows) {
        ASSERT_EQ(window.start, expected);
        ASSERT_LT(window.start, window.end);
        ASSERT_GE(window.due, window.end);
        expected = window.end;
      }
      ASSERT_LE(expected, now);
    }
  }
}

TEST(Window, ListsNoMoreThanAsked) {
  EXPECT_EQ(closed_windows(Frequency::hourly, at("2020-01-01T00:00:00Z"), {},
                           at("2026-01-01T00:00:00Z"), 5)
                .size(),
            5u);
}

TEST(Frequency, ReadsItsOwnWords) {
  EXPECT_EQ(parse_frequency(to_string(Frequency::daily)), Frequency::daily);
  EXPECT_EQ(parse_frequency("hourly"), Frequency::hourly);
  EXPECT_FALSE(parse_frequency("weekly"));
}

}  // namespace
}  // namespace trailkeeper::schedule
