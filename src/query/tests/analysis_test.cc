#include "query/analysis.h"

#include <gtest/gtest.h>

#include <random>

namespace trailkeeper::query {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Timestamp at(const char* text) { return *parse_rfc3339(text); }

// REQUIREMENTS B4, in the one place where every search, count, live view and page of a cursor gets
// its range.
TEST(Effective, NobodyGetsBehindTheWindow) {
  const Timestamp now = at("2026-11-23T00:00:00Z"), edge = at("2026-11-09T00:00:00Z");
  EXPECT_EQ(effective({}, std::nullopt, now).from, now - kDefaultRange);
  EXPECT_EQ(effective({}, edge, now).from, edge);
  events::Filter filter;
  filter.from = at("2026-01-01T00:00:00Z");
  EXPECT_EQ(effective(filter, edge, now).from, edge);
  EXPECT_EQ(effective(filter, std::nullopt, now).from, filter.from);
  filter.from = at("2026-11-20T00:00:00Z");
  filter.query = "area:x";
  EXPECT_EQ(effective(filter, edge, now), filter);
}

TEST(Grid, ThirtyDaysAreDays) {
  const Grid grid = choose_grid(at("2026-10-24T06:30:00Z"), at("2026-11-23T06:30:00Z"), 60, {});
  EXPECT_EQ(grid.interval, Duration(hours(24)));
  EXPECT_EQ(grid.origin, at("2026-10-24T00:00:00Z"));
}

TEST(Grid, DaysBeginInTheZoneAskedFor) {
  const Grid grid =
      choose_grid(at("2026-10-24T06:30:00Z"), at("2026-11-23T06:30:00Z"), 40, minutes(330));
  EXPECT_EQ(grid.origin, at("2026-10-23T18:30:00Z"));  // midnight in India
}

TEST(Grid, WeeksBeginOnMondays) {
  const Grid grid = choose_grid(at("2026-01-01T00:00:00Z"), at("2026-11-23T00:00:00Z"), 60, {});
  EXPECT_EQ(grid.interval, Duration(hours(24 * 7)));
  EXPECT_EQ(grid.origin, at("2025-12-29T00:00:00Z"));
}

TEST(Grid, AMomentIsOneBucket) {
  const Grid grid = choose_grid(at("2026-01-01T00:00:00.5Z"), at("2026-01-01T00:00:00.5Z"), 60, {});
  EXPECT_EQ(grid.interval, Duration(seconds(1)));
  EXPECT_EQ(grid.origin, at("2026-01-01T00:00:00Z"));
}

// Whatever is asked for: the range lies in the buckets, and they are few enough.
TEST(Grid, TheBucketsCoverTheRange) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20000; ++round) {
    const auto from = from_micros(static_cast<std::int64_t>(random() % 3'000'000'000'000'000));
    const auto span = std::chrono::microseconds(random() % (1ull << (random() % 51)));
    const std::size_t most = 1 + random() % kBucketsMax;
    const Duration offset = minutes(static_cast<int>(random() % 1681) - 840);
    const Grid grid = choose_grid(from, from + span, most, offset);
    ASSERT_LE(grid.origin, from);
    ASSERT_GT(grid.origin + grid.interval, from);
    ASSERT_GE(grid.origin + grid.interval * static_cast<std::int64_t>(most), from + span);
  }
}

}  // namespace
}  // namespace trailkeeper::query
