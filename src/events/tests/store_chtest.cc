#include "events/store.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "clickhouse.h"
#include "event/record.h"
#include "testing/random_event.h"
#include "testing/store_fixture.h"

namespace trailkeeper::events {
namespace {

using event::testing::random_event;
using testing::expect_ok;
using testing::value_of;

class Store : public testing::StoreTest {
 protected:
  // Inserts `count` random events of `org` from `first` on and answers their records in seq order.
  std::vector<std::string> insert(const std::string& org, std::uint64_t first, std::uint64_t count,
                                  std::uint64_t batch) {
    BatchBuilder rows(batch);
    std::vector<std::string> records;
    for (std::uint64_t seq = first; seq < first + count; ++seq) {
      stored_.push_back(random_event(random_, org, seq));
      records.push_back(event::render_record(stored_.back()));
      EXPECT_TRUE(rows.add(stored_.back(), records.back()));
    }
    expect_ok(store_->insert_batch(rows, "batch-" + std::to_string(batch)));
    return records;
  }
  std::vector<std::string> read(std::uint64_t batch) {
    std::vector<std::string> records;
    expect_ok(store_->read_batch(batch, [&](StoredRow&& row) {
      records.push_back(row.record());
      return true;
    }));
    return records;
  }
  std::uint64_t count(std::uint64_t batch) { return value_of(store_->count_batch(batch)); }

  std::mt19937_64 random_{42};
  std::vector<event::StoredEvent> stored_;
  const OrgId org_ = *OrgId::parse("org_1");
};

TEST_F(Store, MigrationsCanBeRepeated) {
  expect_ok(store_->migrate());
  open();
  expect_ok(store_->migrate());
  expect_ok(store_->ping());
}

TEST_F(Store, ALaterSchemaIsRefused) {
  ClickHouse server(settings_, client_);
  value_of(server.run(
      Statement("INSERT INTO " + settings_.database + ".schema_migrations VALUES (1000)"),
      std::chrono::seconds(5)));
  const auto migrated = store_->migrate();
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, "schema_newer");
}

// Promise 4: the rows of a batch come back as the records that were hashed.
TEST_F(Store, BatchComesBackByteForByte) {
  const auto records = insert("org_1", 1, 3000, 5);
  insert("org_1", 3001, 10, 6);
  EXPECT_EQ(read(5), records);
  EXPECT_EQ(count(5), 3000u);
  EXPECT_EQ(count(7), 0u);
}

TEST_F(Store, ABatchOfLargeRowsComesBack) {
  BatchBuilder rows(1);
  for (std::uint64_t seq = 1; seq <= 1500; ++seq) {
    auto stored = random_event(random_, "org_1", 1501 - seq);
    stored.event.metadata = "{\"long\":\"" + std::string(40000, 'a' + seq % 20) + "\"}";
    rows.add(stored, event::render_record(stored));
  }
  expect_ok(store_->insert_batch(rows, "t"));
  const auto records = read(1);
  ASSERT_EQ(records.size(), 1500u);
  EXPECT_TRUE(records[0].starts_with("{\"v\":1,\"seq\":1,"));
}

TEST_F(Store, RowsWithTheirExactLineComeBack) {
  BatchBuilder rows(1);
  const auto stored = random_event(random_, "org_1", 1);
  EXPECT_FALSE(rows.add(stored, "{\"odd\":1}"));
  rows.add_raw_only({"org_1", Seq{2}, {}}, "{\"odd\":2}");
  expect_ok(store_->insert_batch(rows, "t"));
  EXPECT_EQ(read(1), (std::vector<std::string>{"{\"odd\":1}", "{\"odd\":2}"}));
}

// Promise 2, of the flush: an insert of unknown outcome is sent again under its token.
TEST_F(Store, TheSameTokenIsStoredOnce) {
  BatchBuilder rows(1);
  const auto stored = random_event(random_, "org_1", 1);
  rows.add(stored, event::render_record(stored));
  for (int round = 0; round < 3; ++round) expect_ok(store_->insert_batch(rows, "same"));
  EXPECT_EQ(count(1), 1u);
  expect_ok(store_->insert_batch(rows, "other"));
  EXPECT_EQ(count(1), 2u);
}

TEST_F(Store, ADeletedBatchIsGoneAndCanBeInsertedAgain) {
  insert("org_1", 1, 500, 1);
  const auto kept = insert("org_1", 501, 500, 2);
  expect_ok(store_->delete_batch(1));
  EXPECT_EQ(count(1), 0u);
  EXPECT_EQ(read(2), kept);
  // The token of the first time is still known: this is why a new one is frozen before such rows
  // are tried again.
  insert("org_1", 1, 500, 1);
  EXPECT_EQ(count(1), 0u);
  BatchBuilder rows(1);
  rows.add(stored_.front(), event::render_record(stored_.front()));
  expect_ok(store_->insert_batch(rows, "batch-1-again"));
  EXPECT_EQ(count(1), 1u);
}

// Promise 7.
TEST_F(Store, AnEntryIsFoundInItsOwnOrganizationOnly) {
  const auto records = insert("org_1", 1, 50, 1);
  insert("org_2", 1, 50, 2);
  const auto found = value_of(store_->get(org_, stored_[20].id));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->record(), records[20]);
  EXPECT_FALSE(value_of(store_->get(*OrgId::parse("org_2"), stored_[20].id)));
}

TEST_F(Store, ARangeComesInSeqOrderAcrossSlices) {
  std::vector<std::string> records;
  for (std::uint64_t batch = 0; batch < 5; ++batch) {
    for (auto& record : insert("org_1", 1 + batch * 4800, 4800, batch + 1))
      records.push_back(std::move(record));
  }
  std::vector<std::string> read;
  expect_ok(store_->stream_range(org_, Seq{101}, Seq{23900}, [&](StoredRow&& row) {
    read.push_back(row.record());
    return true;
  }));
  EXPECT_EQ(read, std::vector<std::string>(records.begin() + 100, records.begin() + 23900));
  std::size_t rows = 0;
  expect_ok(
      store_->stream_range(org_, Seq{1}, Seq{24000}, [&](StoredRow&&) { return ++rows < 10; }));
  EXPECT_EQ(rows, 10u);
}

TEST_F(Store, HighWaterMarksSayHowFarItCame) {
  EXPECT_TRUE(value_of(store_->high_water()).orgs.empty());
  insert("org_1", 1, 10, 3);
  insert("org_2", 5, 10, 9);
  auto marks = value_of(store_->high_water());
  ASSERT_EQ(marks.orgs.size(), 2u);
  std::ranges::sort(marks.orgs, {}, &OrgMark::org);
  EXPECT_EQ(marks.orgs[1].first_seq, Seq{5});
  EXPECT_EQ(marks.orgs[1].last_seq, Seq{14});
  EXPECT_EQ(marks.orgs[1].rows, 10u);
  EXPECT_EQ(marks.last_batch, 9u);
  EXPECT_GT(to_micros(marks.last_received_at), 0);
}

TEST_F(Store, AQueryThatNeedsTooMuchIsRefusedAsTooLarge) {
  insert("org_1", 1, 20000, 1);
  settings_.query_memory_max = 1u << 20;
  open();
  const auto refused =
      store_->stream_range(org_, Seq{1}, Seq{20000}, [](StoredRow&&) { return true; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::too_large) << refused.error().message;
}

}  // namespace
}  // namespace trailkeeper::events
