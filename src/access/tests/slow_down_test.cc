#include "access/slow_down.h"

#include <gtest/gtest.h>

#include <chrono>

namespace trailkeeper::access {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class SlowDownTest : public ::testing::Test {
 protected:
  seconds wait(const std::string& account, const std::string& address) {
    const auto admitted = slow_down_.admit(account, {address});
    return admitted ? seconds(0) : admitted.error().retry_after;
  }
  void fail(const std::string& account, const std::string& address, int times) {
    for (int i = 0; i < times; ++i) slow_down_.failed(account, {address});
  }

  ManualClock clock_{from_micros(1'800'000'000'000'000)};
  SlowDown slow_down_{clock_};
};

TEST_F(SlowDownTest, TheWaitGrowsToFifteenMinutes) {
  std::string waits;
  for (int i = 0; i < 12; ++i) {
    fail("ann", "192.0.2.1", 1);
    waits += std::to_string(wait("ann", "192.0.2.1").count()) + " ";
  }
  EXPECT_EQ(waits, "0 0 0 0 1 5 30 120 300 900 900 900 ");
  clock_.advance(minutes(15));
  EXPECT_EQ(wait("ann", "192.0.2.1"), seconds(0));
  fail("ann", "192.0.2.1", 1);
  EXPECT_EQ(wait("ann", "192.0.2.1"), seconds(900));
  clock_.advance(std::chrono::hours(1));
  fail("ann", "192.0.2.1", 1);
  EXPECT_EQ(wait("ann", "192.0.2.1"), seconds(0));
}

// A stranger who guesses, from as many addresses as there are, does not keep the person out.
TEST_F(SlowDownTest, TheOwnerGetsInFromAnAddressTheyUsedBefore) {
  slow_down_.succeeded("ann", {"192.0.2.1"});
  for (int i = 0; i < 200; ++i) fail("ann", "198.51.100." + std::to_string(i), 1);
  EXPECT_EQ(wait("ann", "192.0.2.1"), seconds(0));
  EXPECT_EQ(wait("ann", "203.0.113.9"), seconds(30));
  clock_.advance(seconds(30));
  EXPECT_EQ(wait("ann", "203.0.113.9"), seconds(0));
}

TEST_F(SlowDownTest, OneAddressThatTriesManyAccountsWaitsForAll) {
  for (int i = 0; i < 50; ++i) fail("user" + std::to_string(i), "192.0.2.1", 1);
  EXPECT_EQ(wait("someone else", "192.0.2.1"), minutes(15));
  EXPECT_EQ(wait("someone else", "192.0.2.2"), seconds(0));
}

TEST_F(SlowDownTest, AnIpv6NetworkIsOneAddress) {
  for (int i = 0; i < 10; ++i) fail("ann", "2001:db8:1:1::" + std::to_string(i + 1), 1);
  EXPECT_EQ(wait("ann", "2001:db8:1:1:ffff::1"), minutes(15));
  EXPECT_LE(wait("ann", "2001:db8:1:2::1"), seconds(30));
}

TEST_F(SlowDownTest, AStormSlowsDownWhoNeverSignedIn) {
  slow_down_.succeeded("ann", {"192.0.2.1"});
  for (int i = 0; i < 300; ++i)
    fail("u" + std::to_string(i), "10.0." + std::to_string(i) + ".1", 1);
  EXPECT_GT(wait("bob", "192.0.2.2"), seconds(0));
  EXPECT_EQ(wait("ann", "192.0.2.1"), seconds(0));
  clock_.advance(minutes(1));
  EXPECT_EQ(wait("bob", "192.0.2.2"), seconds(0));
}

TEST_F(SlowDownTest, ASuccessForgetsTheWrongOnes) {
  fail("ann", "192.0.2.1", 4);
  slow_down_.succeeded("ann", {"192.0.2.1"});
  fail("ann", "192.0.2.1", 4);
  EXPECT_EQ(wait("ann", "192.0.2.1"), seconds(0));
}

TEST_F(SlowDownTest, MemoryIsBoundedAndTheWorstStayRemembered) {
  fail("ann", "192.0.2.1", 10);
  for (int i = 0; i < 25'000; ++i) fail("u" + std::to_string(i), std::to_string(i), 1);
  EXPECT_EQ(wait("ann", "192.0.2.1"), minutes(15));
}

}  // namespace
}  // namespace trailkeeper::access
