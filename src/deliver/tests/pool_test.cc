#include "pool.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <string>

namespace trailkeeper::deliver {
namespace {

DestinationKey key(const std::string& org) { return {*OrgId::parse(org), "main"}; }

// Steps that block until they are released or told to stop, for orgs whose name begins with "dead".
class PoolTest : public testing::Test {
 protected:
  ~PoolTest() override { pool_.reset(); }

  void start(const Lanes& lanes) {
    pool_ = std::make_unique<Pool>(
        lanes,
        [this](const DestinationKey& key, const std::stop_token& stop) { return step(key, stop); },
        metrics_);
    pool_->start();
  }
  bool step(const DestinationKey& key, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const std::string org = key.first.str();
    ++begun_[org];
    order_.push_back(org);
    ++now_;
    most_ = std::max(most_, now_);
    changed_.notify_all();
    if (org.starts_with("dead")) changed_.wait(lock, stop, [this] { return released_; });
    --now_;
    ++done_[org];
    changed_.notify_all();
    if (stop.stop_requested()) return true;
    return --left_[org] > 0;
  }
  void add(const std::string& org, int steps = 1, bool failed_before = false) {
    {
      const std::lock_guard lock(mutex_);
      left_[org] = steps;
    }
    pool_->add(key(org), failed_before);
  }
  void wait(const std::function<bool()>& until) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, until);
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

  metrics::Registry metrics_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, int> begun_, done_, left_;
  std::vector<std::string> order_;
  int now_ = 0;
  int most_ = 0;
  bool released_ = false;
  std::unique_ptr<Pool> pool_;
};

// Promise 8: more of them block than the fast lane has places, and the others get through. On a
// slow machine these may count as slow themselves: the slow lane has room for them.
TEST_F(PoolTest, DeadOnesLeaveTheFastLane) {
  start({.fast = 2, .slow = 4, .slice = std::chrono::milliseconds(10)});
  for (int i = 0; i < 3; ++i) add("dead-" + std::to_string(i));
  for (int i = 0; i < 50; ++i) add("org-" + std::to_string(i), 3);
  wait([this] {
    for (int i = 0; i < 50; ++i)
      if (done_["org-" + std::to_string(i)] < 3) return false;
    return true;
  });
}

// Nor do those hold a place of the fast lane that the slow lane has no room for.
TEST_F(PoolTest, DeadOnesBeyondTheSlowLaneAreToldToStop) {
  start({.fast = 2, .slow = 3, .slice = std::chrono::milliseconds(10)});
  for (int i = 0; i < 12; ++i) add("dead-" + std::to_string(i));
  wait([this] {
    for (int i = 0; i < 12; ++i)
      if (begun_["dead-" + std::to_string(i)] == 0) return false;
    return true;
  });
  EXPECT_TRUE(pool_->is_slow(key("dead-0")));
  release();
  wait([this] {
    for (int i = 0; i < 12; ++i)
      if (left_["dead-" + std::to_string(i)] > 0) return false;
    return true;
  });
  const std::lock_guard lock(mutex_);
  EXPECT_LE(most_, 2 + 2 * 3);
}

TEST_F(PoolTest, WhatFailedBeforeBeginsInTheSlowLane) {
  start({.fast = 1, .slow = 1, .slice = std::chrono::hours(1)});
  add("dead-0", 1, true);
  wait([this] { return begun_["dead-0"] == 1; });
  add("dead-1", 1, true);
  add("org", 1);
  wait([this] { return done_["org"] == 1; });
  {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(begun_["dead-1"], 0);
  }
  release();
  wait([this] { return done_["dead-1"] == 1; });
}

// A destination with much to catch up lets others have their turn.
TEST_F(PoolTest, StepsGoInTurn) {
  start({.fast = 1, .slow = 1, .slice = std::chrono::hours(1)});
  add("dead-0");
  wait([this] { return begun_["dead-0"] == 1; });
  add("long", 100);
  add("short", 1);
  release();
  wait([this] { return done_["long"] == 100; });
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(std::vector(order_.begin(), order_.begin() + 4),
            (std::vector<std::string>{"dead-0", "long", "short", "long"}));
}

TEST_F(PoolTest, TheEndWaitsForNoDeadOne) {
  start({.fast = 2, .slow = 1, .slice = std::chrono::hours(1)});
  add("dead-0");
  add("dead-1", 1, true);
  wait([this] { return begun_["dead-0"] + begun_["dead-1"] == 2; });
  pool_->stop();
  EXPECT_EQ(done_["dead-0"] + done_["dead-1"], 2);
  add("org");  // too late
  EXPECT_EQ(begun_["org"], 0);
}

TEST_F(PoolTest, OneIsToldToStop) {
  start({.fast = 2, .slow = 1, .slice = std::chrono::hours(1)});
  add("dead-0");
  wait([this] { return begun_["dead-0"] == 1; });
  pool_->interrupt(key("dead-0"));
  pool_->interrupt(key("nobody"));
  wait([this] { return begun_["dead-0"] == 2; });  // it had more to do
}

}  // namespace
}  // namespace trailkeeper::deliver
