#include "ingest/flusher.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <random>
#include <thread>

#include "event/record.h"
#include "testing/random_event.h"
#include "testing/store_process.h"

namespace trailkeeper::ingest {
namespace {

using events::testing::StoreProcess;

// A real engine and a real journal.
class FlusherTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("flusher_test_" + random_base32(12));
    process_ = std::make_unique<StoreProcess>();
    store_ = std::make_unique<events::EventStore>(
        events::StoreSettings{.unix_socket = process_->socket()}, client_);
    ASSERT_TRUE(store_->migrate());
    open_journal();
  }
  void TearDown() override {
    flusher_.reset();
    journal_.reset();
    store_.reset();
    process_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open_journal() {
    flusher_.reset();
    journal_.reset();
    auto journal = journal::Journal::open({.folder = folder_.string()}, clock_, metrics_);
    ASSERT_TRUE(journal) << journal.error().message;
    journal_ = std::move(*journal);
    journal_->start();
    flusher_ = std::make_unique<Flusher>(*journal_, *store_, metrics_, Flusher::Settings{});
  }

  void submit(int count, const char* org = "acme") {
    journal::Submission submission;
    for (int i = 0; i < count; ++i) {
      event::StoredEvent stored = event::testing::typical_event(random_, org, 1, clock_.now());
      submission.items.push_back(
          {.org = OrgId::parse(org),
           .id = stored.id,
           .tail = event::render_tail(stored.id, stored.nonce, stored.event)});
    }
    std::promise<Result<journal::Receipt>> promise;
    journal_->submit(std::move(submission),
                     [&](Result<journal::Receipt> r) { promise.set_value(std::move(r)); });
    ASSERT_TRUE(promise.get_future().get());
  }

  // Every record of the store in the order of seq.
  std::vector<std::string> stored(const char* org = "acme") {
    std::vector<std::string> records;
    auto done = store_->stream_range(*OrgId::parse(org), Seq{1}, Seq{1'000'000},
                                     [&](events::StoredRow&& row) {
                                       records.push_back(row.record());
                                       return true;
                                     });
    EXPECT_TRUE(done) << done.error().message;
    return records;
  }
  // What was committed, kept by the test before the journal may drop it.
  std::vector<std::string> committed(const char* org = "acme") {
    std::vector<std::string> records;
    const auto entries = *journal_->read(1, 1'000'000);
    for (const journal::Entry& entry : entries) {
      if (entry.org.str() == org) records.push_back(entry.record);
    }
    return records;
  }

  // The next batch, and the rows that were committed for it.
  journal::Batch freeze() {
    auto batch = journal_->freeze(1000, 32u << 20);
    EXPECT_TRUE(batch && *batch);
    return batch->value();
  }
  Result<> insert(const journal::Batch& batch, const std::vector<std::string>& records) {
    events::BatchBuilder rows(batch.number);
    for (const auto& record : records) rows.add(*event::parse_record(record), record);
    return store_->insert_batch(rows, batch.token());
  }

  ManualClock clock_{*parse_rfc3339("2026-11-22T14:30:00Z")};
  metrics::Registry metrics_;
  std::mt19937_64 random_{5};
  httpc::Client client_;
  std::filesystem::path folder_;
  std::unique_ptr<StoreProcess> process_;
  std::unique_ptr<events::EventStore> store_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<Flusher> flusher_;
};

// Promise 4: every row of the store is the journal's, byte for byte.
TEST_F(FlusherTest, WhatIsCommittedIsInTheStore) {
  submit(500);
  submit(100, "globex");
  const auto expected = committed();
  EXPECT_LT(journal_->watermark(), clock_.now() + Duration(1));
  flusher_->insert_step();
  EXPECT_EQ(stored(), expected);
  EXPECT_EQ(stored("globex").size(), 100u);
  EXPECT_TRUE(flusher_->verify_step());
  EXPECT_EQ(journal_->depth().backlog_bytes, 0u);
  EXPECT_EQ(journal_->depth().verified, journal_->depth().committed);
  EXPECT_TRUE(flusher_->check_store());
}

// Promise 4: a crash between insert and mark leaves neither a hole nor a double.
TEST_F(FlusherTest, ABatchOfUnknownOutcomeIsNotDoubled) {
  submit(50);
  const auto expected = committed();
  const journal::Batch batch = freeze();
  ASSERT_TRUE(insert(batch, expected));
  open_journal();  // as after a crash: inserted, not marked
  flusher_->insert_step();
  flusher_->verify_step();
  EXPECT_EQ(stored(), expected);
  EXPECT_EQ(journal_->depth().verified, journal_->depth().committed);
}

// Promise 4: nor does a store that hung, was given up on, and goes on with the insert of then.
TEST_F(FlusherTest, AnInsertThatComesLateIsNotASecondOne) {
  submit(50);
  const auto expected = committed();
  const journal::Batch batch = freeze();
  flusher_->insert_step();  // finds nothing of it, and inserts it
  EXPECT_EQ(stored(), expected);
  ASSERT_TRUE(insert(batch, expected));  // as the store does, late
  EXPECT_EQ(stored(), expected);
  EXPECT_TRUE(flusher_->verify_step());
  EXPECT_EQ(journal_->depth().verified, journal_->depth().committed);
}

// The store knows the token and has lost rows: the same insert again would be dropped.
TEST_F(FlusherTest, ABatchThatLostItsRowsGetsThemUnderAnotherToken) {
  submit(50);
  const auto expected = committed();
  const journal::Batch batch = freeze();
  ASSERT_TRUE(insert(batch, expected));
  ASSERT_TRUE(store_->delete_batch(batch.number));
  open_journal();  // as after a crash: inserted, not marked
  flusher_->insert_step();
  EXPECT_EQ(stored(), expected);
  EXPECT_TRUE(flusher_->verify_step());
  EXPECT_EQ(journal_->depth().verified, journal_->depth().committed);
}

TEST_F(FlusherTest, AnEngineKilledMidwayCostsNothing) {
  submit(2000);
  const auto expected = committed();
  std::thread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    process_->kill_hard();
  });
  flusher_->insert_step();
  killer.join();
  submit(10);  // intake goes on
  process_->start();
  for (int i = 0; i < 20 && journal_->depth().verified != journal_->depth().committed; ++i) {
    flusher_->insert_step();
    flusher_->verify_step();
  }
  EXPECT_EQ(journal_->depth().verified, journal_->depth().committed);
  const auto found = stored();
  ASSERT_EQ(found.size(), 2010u);
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), found.begin()));
}

// Promise 4: a damaged, missing or foreign row is noticed by the read-back and put right.
TEST_F(FlusherTest, ReadBackPutsADamagedBatchRight) {
  submit(20);
  const auto expected = committed();
  const journal::Batch batch = freeze();
  events::BatchBuilder rows(batch.number);
  for (std::size_t i = 1; i < expected.size(); ++i) {
    event::StoredEvent changed = *event::parse_record(expected[i]);
    if (i == 5) changed.event.action = "changed";
    rows.add(changed, event::render_record(changed));
  }
  ASSERT_TRUE(store_->insert_batch(rows, batch.token()));
  ASSERT_TRUE(journal_->mark_stored(batch.number));
  EXPECT_TRUE(flusher_->verify_step());
  EXPECT_NE(stored(), expected);
  flusher_->insert_step();
  EXPECT_TRUE(flusher_->verify_step());
  EXPECT_EQ(stored(), expected);
}

TEST_F(FlusherTest, AStoreThatWentBackInTimeIsNoticed) {
  submit(20);
  flusher_->insert_step();
  flusher_->verify_step();
  ASSERT_TRUE(flusher_->check_store());
  ASSERT_TRUE(store_->delete_batch(journal_->last_verified()->number));
  auto checked = flusher_->check_store();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::fatal);
  EXPECT_EQ(checked.error().code, "store_went_back");
}

}  // namespace
}  // namespace trailkeeper::ingest
