#include "base/background.h"

#include <gtest/gtest.h>

#include <semaphore>

namespace trailkeeper {
namespace {

using namespace std::chrono_literals;

TEST(Background, StepsAgainAndAgain) {
  std::atomic<int> steps{0};
  std::binary_semaphore third(0);
  Background background("steps", 1ms, [&] {
    if (++steps == 3) third.release();
    return false;
  });
  EXPECT_EQ(steps, 0);
  background.start();
  background.start();
  third.acquire();
  background.stop();
  const int after = steps;
  EXPECT_GE(after, 3);
  background.stop();
  background.start();
  background.stop();
  EXPECT_GE(steps, after);
}

TEST(Background, GoesOnWithoutAPauseWhileThereIsWork) {
  std::atomic<int> steps{0};
  std::binary_semaphore idle(0);
  Background background("work", 1h, [&] {
    const bool more = ++steps < 100;
    if (!more) idle.release();
    return more;
  });
  background.start();
  idle.acquire();
  EXPECT_EQ(steps, 100);
}

TEST(Background, IsWokenOutOfItsPause) {
  std::counting_semaphore<> stepped(0);
  Background background("a name that is longer than fifteen", 1h, [&] {
    stepped.release();
    return false;
  });
  background.start();
  for (int i = 0; i < 50; ++i) {
    stepped.acquire();
    background.wake();
  }
  stepped.acquire();
}

TEST(Background, AWakeDuringTheStepIsNotLost) {
  std::binary_semaphore in_step(0);
  std::binary_semaphore go_on(0);
  std::counting_semaphore<> stepped(0);
  std::atomic<bool> first{true};
  Background background("wake", 1h, [&] {
    if (first.exchange(false)) {
      in_step.release();
      go_on.acquire();
    }
    stepped.release();
    return false;
  });
  background.start();
  in_step.acquire();
  background.wake();
  go_on.release();
  stepped.acquire();
  stepped.acquire();
}

TEST(Background, StopWaitsForTheStepAndTellsItToEnd) {
  std::binary_semaphore in_step(0);
  std::atomic<bool> ended{false};
  Background* self = nullptr;
  Background background("stop", 1h, [&] {
    in_step.release();
    while (!self->stopping()) std::this_thread::yield();
    ended = true;
    return true;
  });
  self = &background;
  background.start();
  in_step.acquire();
  background.stop();
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace trailkeeper
