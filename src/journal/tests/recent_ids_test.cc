#include "recent_ids.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "schema.h"

namespace trailkeeper::journal {
namespace {

class RecentIdsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("recent_ids_test_" + random_base32(12));
    std::filesystem::create_directories(folder_);
    auto database =
        db::Database::open((folder_ / "journal.db").string(), db::Database::Mode::read_write);
    ASSERT_TRUE(database);
    database_.emplace(std::move(*database));
    ASSERT_TRUE(db::migrate(*database_, kMigrations));
    reopen();
  }
  void TearDown() override {
    ids_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void reopen() {
    ids_ = std::make_unique<RecentIds>(*database_, 100);
    ASSERT_TRUE(ids_->load());
  }
  static KeyHash key(int number) {
    KeyHash hash{};
    fill_random(hash.data(), hash.size());
    std::memcpy(hash.data() + 8, &number, sizeof number);
    return hash;
  }
  KnownId known(std::uint64_t seq) const {
    return {.expires = from_micros(5'000'000'000), .seq = Seq{seq}};
  }
  void transact(const std::vector<KeyHash>& keys, bool commit = true) {
    auto transaction = db::Transaction::begin(*database_);
    ASSERT_TRUE(transaction);
    for (std::size_t i = 0; i < keys.size(); ++i) ids_->add(keys[i], known(i));
    ASSERT_TRUE(ids_->write());
    if (!commit) return ids_->roll_back();
    ASSERT_TRUE(transaction->commit());
    ids_->commit();
  }
  std::int64_t count(const char* table) {
    auto select = database_->prepare(std::string("SELECT count(*) FROM ") + table);
    EXPECT_TRUE(select && *select->step());
    return select->integer(0);
  }
  // In memory, or in the table with the filter's consent.
  bool knows(const KeyHash& wanted) {
    if (ids_->find(wanted) != nullptr) return true;
    auto select = database_->prepare("SELECT 1 FROM external_ids WHERE key = ?1");
    select->with(db::Statement::Blob{as_text(wanted)});
    return *select->step() && ids_->may_have_moved(wanted);
  }

  std::filesystem::path folder_;
  std::optional<db::Database> database_;
  std::unique_ptr<RecentIds> ids_;
};

// Promise 2: what was remembered is known at every moment of its way, and after every restart.
TEST_F(RecentIdsTest, AreKnownAllTheWayToTheTable) {
  std::vector<KeyHash> all;
  for (int round = 0; round < 60; ++round) {
    std::vector<KeyHash> some;
    for (int i = 0; i < 17; ++i) some.push_back(key(round * 100 + i));
    transact(some);
    all.insert(all.end(), some.begin(), some.end());
    if (round % 7 == 3) reopen();
    for (const KeyHash& one : all) ASSERT_TRUE(knows(one)) << "round " << round;
  }
  EXPECT_GT(count("external_ids"), 500);
  EXPECT_LT(count("recent_ids"), 40);  // rows of those that moved are gone
  EXPECT_FALSE(knows(key(-1)));
}

TEST_F(RecentIdsTest, OfATransactionThatWasRolledBackAreNotKnown) {
  std::vector<KeyHash> kept;
  for (int i = 0; i < 150; ++i) kept.push_back(key(i));
  transact(kept);
  const std::vector<KeyHash> lost{key(1000), key(1001)};
  transact(lost, false);
  for (const KeyHash& one : lost) EXPECT_FALSE(knows(one));
  transact({key(2000)});
  for (const KeyHash& one : kept) EXPECT_TRUE(knows(one));
  EXPECT_GT(count("external_ids"), 0);
}

}  // namespace
}  // namespace trailkeeper::journal
