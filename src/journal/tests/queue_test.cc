#include "queue.h"

#include <gtest/gtest.h>

namespace trailkeeper::journal {
namespace {

Waiting waiting(const char* org, std::size_t bytes) {
  Waiting w;
  w.submission.items.push_back({.org = OrgId::parse(org)});
  w.bytes = bytes;
  return w;
}

std::string org_of(const Waiting& w) { return w.submission.items.front().org->str(); }

// Promise 8: a noisy org delays no other.
TEST(FairQueue, AnOrgThatSendsMuchWaitsBehindItself) {
  FairQueue queue;
  for (int i = 0; i < 100; ++i) queue.push(waiting("noisy", 100 * 1024));
  queue.push(waiting("quiet", 1000));
  auto taken = queue.take(512 * 1024);
  ASSERT_GE(taken.size(), 2u);
  EXPECT_EQ(org_of(taken[0]), "noisy");
  EXPECT_EQ(org_of(taken[1]), "quiet");
}

TEST(FairQueue, KeepsTheOrderOfAnOrgAndLosesNothing) {
  FairQueue queue;
  std::size_t total = 0;
  for (std::size_t i = 1; i <= 50; ++i) {
    queue.push(waiting("a", i));
    total += i;
  }
  EXPECT_EQ(queue.bytes(), total);
  std::size_t next = 1;
  while (!queue.empty()) {
    for (const Waiting& w : queue.take(100)) EXPECT_EQ(w.bytes, next++);
  }
  EXPECT_EQ(next, 51u);
  EXPECT_EQ(queue.bytes(), 0u);
}

TEST(FairQueue, TakesASubmissionLargerThanItsShare) {
  FairQueue queue;
  queue.push(waiting("a", 10u << 20));
  queue.push(waiting("b", 10));
  auto taken = queue.take(1u << 20);
  ASSERT_FALSE(taken.empty());
  EXPECT_EQ(org_of(taken.front()), "b");
  while (!queue.empty()) queue.take(1u << 20);
}

}  // namespace
}  // namespace trailkeeper::journal
