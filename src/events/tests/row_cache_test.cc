#include "row_cache.h"

#include <gtest/gtest.h>

namespace trailkeeper::events {
namespace {

RowCache::Row row(std::uint64_t seq, const std::string& org = "org_1") {
  return std::make_shared<const StoredRow>(
      StoredRow{.org = org, .seq = Seq{seq}, .line = std::string(1000, 'x')});
}

class Rows : public ::testing::Test {
 protected:
  void add(std::uint64_t seq) { cache_.add(row(seq), cache_.generation()); }
  bool has(std::uint64_t seq) { return cache_.find(org_, Seq{seq}) != nullptr; }

  RowCache cache_{20'000};
  const OrgId org_ = *OrgId::parse("org_1");
};

TEST_F(Rows, AreFoundByOrganizationAndSeq) {
  add(7);
  EXPECT_TRUE(has(7));
  EXPECT_FALSE(has(8));
  EXPECT_EQ(cache_.find(*OrgId::parse("org_2"), Seq{7}), nullptr);
}

TEST_F(Rows, TheLongestUnusedGoesFirst) {
  add(1);
  for (std::uint64_t seq = 2; seq <= 100; ++seq) {
    add(seq);
    EXPECT_TRUE(has(1)) << seq;
  }
  EXPECT_TRUE(has(100));
  EXPECT_FALSE(has(2));
}

TEST_F(Rows, ThatAreReadTwiceAtATimeAreThereOnce) {
  for (int again = 0; again < 100; ++again) add(1);
  for (std::uint64_t seq = 2; seq <= 10; ++seq) add(seq);
  EXPECT_TRUE(has(1));
}

TEST_F(Rows, OfBeforeAClearingAreLeftOut) {
  add(1);
  const auto before = cache_.generation();
  cache_.clear();
  EXPECT_FALSE(has(1));
  cache_.add(row(2), before);
  EXPECT_FALSE(has(2));
  add(3);
  EXPECT_TRUE(has(3));
}

}  // namespace
}  // namespace trailkeeper::events
