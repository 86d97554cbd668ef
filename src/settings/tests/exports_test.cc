#include "settings/exports.h"

#include <gtest/gtest.h>

#include "settings/orgs.h"
#include "testing/temp_store.h"

namespace trailkeeper::settings {
namespace {

class ExportRows : public ::testing::Test {
 protected:
  ExportRows() {
    store_.add_org({.id = org_id("a"), .name = "A"});
    store_.add_org({.id = org_id("b"), .name = "B"});
  }

  Export add(std::string_view org, std::int64_t millis) {
    Export record{.id = Uuid::v7(from_micros(millis * 1000)),
                  .org = org_id(org),
                  .from = from_micros(1),
                  .filter = R"({"q":"x"})",
                  .requester_id = "p",
                  .created_at = from_micros(millis * 1000)};
    EXPECT_TRUE(store_->write([&](WriteTx& tx) { return add_export(tx, record); }));
    return record;
  }
  bool update(const Export& record, ExportState expected) {
    return *store_->write([&](WriteTx& tx) { return update_export(tx, record, expected); });
  }

  TempStore store_;
};

// Promise 7: an id of one org opens nothing of another.
TEST_F(ExportRows, AreFoundInTheirOrgOnly) {
  const Export mine = add("a", 1);
  const auto find = [&](std::string_view org) {
    return *store_->read([&](ReadTx& tx) { return find_export(tx, org_id(org), mine.id); });
  };
  ASSERT_TRUE(find("a"));
  EXPECT_EQ(find("a")->filter, R"({"q":"x"})");
  EXPECT_EQ(find("a")->from, from_micros(1));
  EXPECT_FALSE(find("a")->to);
  EXPECT_FALSE(find("b"));
  Export other = mine;
  other.org = org_id("b");
  EXPECT_FALSE(update(other, ExportState::queued));
}

TEST_F(ExportRows, ChangeOnlyFromTheStateThatIsExpected) {
  Export record = add("a", 1);
  record.state = ExportState::running;
  EXPECT_TRUE(update(record, ExportState::queued));
  record.state = ExportState::cancelled;
  EXPECT_FALSE(update(record, ExportState::queued));
  EXPECT_TRUE(update(record, ExportState::running));
}

TEST_F(ExportRows, AreListedNewestFirstAndCounted) {
  const Export first = add("a", 1);
  Export second = add("a", 2);
  add("b", 3);
  second.state = ExportState::ready;
  second.expires_at = from_micros(100);
  ASSERT_TRUE(update(second, ExportState::queued));
  const auto list = store_->read([&](ReadTx& tx) { return list_exports(tx, org_id("a"), {}, 10); });
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ(list->front().id, second.id);
  const auto older =
      store_->read([&](ReadTx& tx) { return list_exports(tx, org_id("a"), second.id, 10); });
  ASSERT_EQ(older->size(), 1u);
  EXPECT_EQ(older->front().id, first.id);
  EXPECT_EQ(*store_->read([](ReadTx& tx) { return count_unfinished_exports(tx, org_id("a")); }),
            1u);
  EXPECT_EQ(store_->read([](ReadTx& tx) { return exports_in_state(tx, ExportState::queued, 10); })
                ->size(),
            2u);
  EXPECT_EQ(
      store_->read([](ReadTx& tx) { return exports_past_expiry(tx, from_micros(99), 10); })->size(),
      0u);
  EXPECT_EQ(store_->read([](ReadTx& tx) { return exports_past_expiry(tx, from_micros(100), 10); })
                ->size(),
            1u);
}

TEST_F(ExportRows, OnlyFinishedOnesAreForgotten) {
  add("a", 1);
  Export failed = add("a", 2);
  failed.state = ExportState::failed;
  failed.error = "The disk is full.";
  ASSERT_TRUE(update(failed, ExportState::queued));
  ASSERT_TRUE(
      store_->write([](WriteTx& tx) { return remove_old_exports(tx, from_micros(1'000'000)); }));
  EXPECT_EQ(store_->read([](ReadTx& tx) { return list_exports(tx, org_id("a"), {}, 10); })->size(),
            1u);
}

}  // namespace
}  // namespace trailkeeper::settings
