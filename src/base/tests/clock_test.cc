#include "base/clock.h"

#include <gtest/gtest.h>

#include <random>

namespace trailkeeper {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kStart = from_micros(1'800'000'000'000'000);

// The machine: a clock that runs and a wall clock that may be moved. Plain function pointers read
// it.
struct Machine {
  Timestamp wall = kStart;
  Duration boot = hours{5};
  bool synchronised = true;
};
Machine machine;

void pass(Duration time) {
  machine.wall += time;
  machine.boot += time;
}

BusinessClock::Sources sources() {
  return {.wall = [] { return machine.wall; },
          .boot = [] { return machine.boot; },
          .synchronised = [] { return machine.synchronised; }};
}

class BusinessClockTest : public testing::Test {
 protected:
  void SetUp() override { machine = Machine{}; }

  // Lets `time` pass, with the look at the wall clock each second.
  Duration follow(BusinessClock& clock, seconds time) {
    Duration held{0};
    for (seconds i{0}; i < time; ++i) {
      const Timestamp before = clock.now();
      pass(seconds{1});
      held = clock.follow_wall();
      EXPECT_GE(clock.now(), before);
    }
    return held;
  }
};

TEST_F(BusinessClockTest, RunsWithTheMachineFromTheWallTime) {
  BusinessClock clock(kStart - hours{1}, false, sources());
  EXPECT_EQ(clock.now(), kStart);
  pass(milliseconds{1500});
  EXPECT_EQ(clock.now(), kStart + milliseconds{1500});
}

// DESIGN 6.3: received_at never goes back.
TEST_F(BusinessClockTest, StartsAtTheFloorAndWaitsForTheWallAtHalfSpeed) {
  BusinessClock clock(kStart + minutes{10}, false, sources());
  EXPECT_EQ(clock.now(), kStart + minutes{10});
  EXPECT_EQ(clock.follow_wall(), -minutes{10});
  EXPECT_LT(follow(clock, minutes{10}), Duration{0});
  EXPECT_EQ(clock.now(), kStart + minutes{15});
  EXPECT_EQ(follow(clock, minutes{11}), Duration{0});
  EXPECT_EQ(clock.now(), machine.wall);
  pass(seconds{10});
  EXPECT_EQ(clock.now(), machine.wall);
}

TEST_F(BusinessClockTest, HoldsAForwardJumpUntilTheKernelHasBeenSureForAMinute) {
  BusinessClock clock(kStart, false, sources());
  machine.wall += hours{2};
  machine.synchronised = false;
  EXPECT_EQ(clock.follow_wall(), hours{2});
  EXPECT_EQ(follow(clock, minutes{10}), hours{2});
  EXPECT_EQ(clock.now(), machine.wall - hours{2});
  machine.synchronised = true;
  EXPECT_EQ(follow(clock, seconds{60}), hours{2});
  machine.synchronised = false;
  EXPECT_EQ(follow(clock, seconds{1}), hours{2});
  machine.synchronised = true;
  EXPECT_EQ(follow(clock, seconds{60}), hours{2});
  EXPECT_EQ(follow(clock, seconds{1}), Duration{0});
  EXPECT_EQ(clock.now(), machine.wall);
}

TEST_F(BusinessClockTest, ASecondJumpStartsTheMinuteAnew) {
  BusinessClock clock(kStart, false, sources());
  machine.wall += hours{1};
  follow(clock, seconds{50});
  machine.wall += hours{1};
  EXPECT_EQ(follow(clock, seconds{60}), hours{2});
  EXPECT_EQ(follow(clock, seconds{1}), Duration{0});
}

TEST_F(BusinessClockTest, ForgetsAJumpThatWasTakenBack) {
  BusinessClock clock(kStart, false, sources());
  machine.wall += hours{1};
  follow(clock, seconds{50});
  machine.wall -= hours{1};
  EXPECT_EQ(follow(clock, seconds{1}), Duration{0});
  machine.wall += hours{1};
  EXPECT_EQ(follow(clock, seconds{50}), hours{1});
}

TEST_F(BusinessClockTest, TakesAForwardJumpOnAnOperatorsWord) {
  BusinessClock clock(kStart, false, sources());
  machine.wall += hours{2};
  EXPECT_EQ(clock.follow_wall(), hours{2});
  clock.accept_wall();
  EXPECT_EQ(clock.now(), machine.wall);
  EXPECT_EQ(clock.follow_wall(), Duration{0});
  machine.wall -= hours{2};
  const Timestamp before = clock.now();
  clock.accept_wall();
  EXPECT_EQ(clock.now(), before);
}

TEST_F(BusinessClockTest, RunsAtHalfSpeedAfterABackwardJump) {
  BusinessClock clock(kStart, false, sources());
  machine.wall -= seconds{20};
  EXPECT_EQ(clock.follow_wall(), -seconds{20});
  EXPECT_EQ(clock.now(), kStart);
  EXPECT_EQ(follow(clock, seconds{20}), -seconds{10});
  EXPECT_EQ(clock.now(), kStart + seconds{10});
  // Still the same alarm when only a little is left.
  EXPECT_EQ(follow(clock, seconds{18}), -seconds{1});
  EXPECT_EQ(follow(clock, seconds{3}), Duration{0});
  EXPECT_EQ(clock.now(), machine.wall);
}

TEST_F(BusinessClockTest, FollowsSmallStepsWithoutAnAlarm) {
  BusinessClock clock(kStart, false, sources());
  machine.wall += seconds{5};
  EXPECT_EQ(clock.follow_wall(), Duration{0});
  EXPECT_EQ(clock.now(), machine.wall);
  machine.wall -= seconds{5};
  EXPECT_EQ(clock.follow_wall(), Duration{0});
  EXPECT_EQ(clock.now(), machine.wall + seconds{5});
  EXPECT_EQ(follow(clock, seconds{12}), Duration{0});
  EXPECT_EQ(clock.now(), machine.wall);
}

TEST_F(BusinessClockTest, IsSetForwardOnlyAndOnlyInTests) {
  BusinessClock fixed(kStart, false, sources());
  EXPECT_EQ(fixed.set(kStart + hours{1}).error().kind, ErrorKind::forbidden);
  BusinessClock clock(kStart, true, sources());
  EXPECT_EQ(clock.set(kStart - Duration{1}).error().code, "clock_backward");
  ASSERT_TRUE(clock.set(kStart + hours{24}));
  EXPECT_EQ(clock.now(), kStart + hours{24});
  EXPECT_EQ(follow(clock, minutes{5}), Duration{0});
  EXPECT_EQ(clock.now(), kStart + hours{24} + minutes{5});
  clock.accept_wall();
  EXPECT_EQ(clock.now(), kStart + hours{24} + minutes{5});
}

TEST_F(BusinessClockTest, IsRaisedToAFloorFoundLater) {
  BusinessClock clock(kStart, false, sources());
  clock.raise(kStart - hours{1});
  EXPECT_EQ(clock.now(), kStart);
  clock.raise(kStart + hours{1});
  EXPECT_EQ(clock.now(), kStart + hours{1});
  EXPECT_EQ(clock.follow_wall(), -hours{1});
}

TEST_F(BusinessClockTest, NeverGoesBackWhateverTheWallDoes) {
  std::mt19937 random(11);
  BusinessClock clock(kStart + seconds{30}, false, sources());
  Timestamp last = clock.now();
  for (int i = 0; i < 20'000; ++i) {
    pass(Duration{random() % 2'000'000});
    if (random() % 20 == 0)
      machine.wall += Duration{static_cast<std::int64_t>(random() % 200'000'000) - 100'000'000};
    if (random() % 30 == 0) machine.synchronised = !machine.synchronised;
    if (random() % 100 == 0) clock.accept_wall();
    const Duration held = clock.follow_wall();
    const Timestamp now = clock.now();
    ASSERT_GE(now, last);
    // Without an alarm it is near the wall clock.
    if (held == Duration{0}) {
      ASSERT_LE(std::chrono::abs(now - machine.wall), seconds{5});
    }
    last = now;
  }
}

TEST(SystemSources, AreTheMachines) {
  const auto machine_sources = BusinessClock::system_sources();
  EXPECT_GT(machine_sources.wall(), kStart - hours{24 * 365 * 2});
  const Duration before = machine_sources.boot();
  EXPECT_GE(machine_sources.boot(), before);
  EXPECT_GE(WallClock().now(), machine_sources.wall() - hours{1});
}

TEST(ManualClock, IsSetByHand) {
  ManualClock clock(kStart);
  clock.advance(seconds{2});
  EXPECT_EQ(clock.now(), kStart + seconds{2});
  clock.set(kStart);
  EXPECT_EQ(clock.now(), kStart);
}

}  // namespace
}  // namespace trailkeeper
