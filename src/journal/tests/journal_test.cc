#include "journal/journal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include "event/record.h"

namespace trailkeeper::journal {
namespace {

const Timestamp kStart = *parse_rfc3339("2026-11-22T14:30:00Z");

constexpr std::uint64_t kBatchBytes = 32u << 20;

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("journal_test_" + random_base32(12));
    open();
  }
  void TearDown() override {
    journal_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    settings_.folder = folder_.string();
    auto journal = Journal::open(settings_, clock_, metrics_);
    ASSERT_TRUE(journal) << journal.error().message;
    journal_ = std::move(*journal);
    journal_->start();
  }
  void reopen() {
    journal_.reset();
    open();
  }

  Item event(const char* org, const char* external = nullptr, const char* what = "x") {
    Item item;
    item.org = OrgId::parse(org);
    item.id = Uuid::v7(clock_.now());
    event::Event event;
    event.organization_id = org;
    event.action = what;
    event.actor.id = "u";
    event.occurred_at = clock_.now();
    item.tail = event::render_tail(item.id, {}, event);
    if (external != nullptr) {
      item.external =
          RetryKey{journal_->keyed_hash(std::string(org) + external), journal_->keyed_hash(what)};
    }
    return item;
  }
  Result<Receipt> submit(Submission submission) {
    std::promise<Result<Receipt>> promise;
    journal_->submit(std::move(submission),
                     [&](Result<Receipt> r) { promise.set_value(std::move(r)); });
    return promise.get_future().get();
  }
  Result<Receipt> submit(std::vector<Item> items) {
    return submit(Submission{.items = std::move(items)});
  }

  std::filesystem::path folder_;
  Settings settings_;
  ManualClock clock_{kStart};
  metrics::Registry metrics_;
  std::unique_ptr<Journal> journal_;
};

// Promise 3: seq has no gap, per org, over restarts.
TEST_F(JournalTest, GivesEachOrgItsOwnSeqWithoutGaps) {
  auto first = submit({event("a"), event("b"), event("a")});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->items[0].seq, Seq{1});
  EXPECT_EQ(first->items[1].seq, Seq{1});
  EXPECT_EQ(first->items[2].seq, Seq{2});
  reopen();
  auto second = submit({event("a")});
  EXPECT_EQ(second->items[0].seq, Seq{3});
  EXPECT_EQ(journal_->last_seq(*OrgId::parse("a")), Seq{3});
  EXPECT_EQ(journal_->last_seq(*OrgId::parse("none")), Seq{0});
}

// Promise 3: received_at never goes back.
TEST_F(JournalTest, TimeOfReceiptNeverGoesBack) {
  auto first = submit({event("a")});
  clock_.set(kStart - std::chrono::hours(1));
  auto second = submit({event("a")});
  EXPECT_GE(second->items[0].received_at, first->items[0].received_at);
  reopen();
  auto third = submit({event("a")});
  EXPECT_GE(third->items[0].received_at, second->items[0].received_at);
}

// Promise 1, as far as a clean reopen shows: what was answered is read back with the hash of the
// answer.
TEST_F(JournalTest, WhatWasAnsweredIsThereAfterReopening) {
  auto receipt = submit({event("a"), event("b")});
  reopen();
  auto entries = journal_->read(1, 100);
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 2u);
  for (const Entry& entry : *entries) {
    EXPECT_EQ(event::hash_record(entry.record), entry.sha256);
    auto stored = event::parse_record(entry.record);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->seq, entry.seq);
  }
  EXPECT_EQ((*entries)[0].sha256, receipt->items[0].sha256);
}

// Promise 2: a retry is safe.
TEST_F(JournalTest, TheSameRequestKeyGetsTheFirstAnswer) {
  const RetryKey key{journal_->keyed_hash("k"), journal_->keyed_hash("body")};
  auto first = submit({.items = {event("a"), {.problem = "{}"}}, .request = key});
  auto again = submit({.items = {event("a"), {.problem = "{}"}}, .request = key});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->items[0].id, first->items[0].id);
  EXPECT_EQ(again->items[0].status, Status::created);
  EXPECT_EQ(again->items[1].status, Status::rejected);
  EXPECT_EQ(journal_->last_seq(*OrgId::parse("a")), Seq{1});
  reopen();
  auto later = submit({.items = {event("a")}, .request = key});
  EXPECT_EQ(later->items[0].sha256, first->items[0].sha256);
  const RetryKey other{key.key, journal_->keyed_hash("another body")};
  auto refused = submit({.items = {event("a")}, .request = other});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "idempotency_key_reused");
  EXPECT_EQ(journal_->last_seq(*OrgId::parse("a")), Seq{1});
}

TEST_F(JournalTest, TheSameExternalIdIsADuplicate) {
  auto first = submit({event("a", "e1"), event("a", "e1")});
  EXPECT_EQ(first->items[0].status, Status::created);
  EXPECT_EQ(first->items[1].status, Status::duplicate);
  EXPECT_EQ(first->items[1].id, first->items[0].id);
  auto again = submit({event("a", "e1"), event("a", "e1", "else"), event("a", "e2")});
  EXPECT_EQ(again->items[0].status, Status::duplicate);
  EXPECT_EQ(again->items[0].sha256, first->items[0].sha256);
  EXPECT_EQ(again->items[1].status, Status::rejected);
  EXPECT_EQ(again->items[2].seq, Seq{2});
}

TEST_F(JournalTest, AtomicRefusesAllForOne) {
  submit({event("a", "e1")});
  Submission submission{.items = {event("a"), event("a", "e1", "else")}, .atomic = true};
  auto refused = submit(std::move(submission));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "external_id_reused");
  EXPECT_EQ(journal_->last_seq(*OrgId::parse("a")), Seq{1});
}

TEST_F(JournalTest, KeysAreForgottenAfterTheirTime) {
  const RetryKey key{journal_->keyed_hash("k"), journal_->keyed_hash("body")};
  submit({.items = {event("a")}, .request = key});
  clock_.advance(settings_.request_key_lifetime + std::chrono::seconds(1));
  auto fresh = submit({.items = {event("a")}, .request = key});
  EXPECT_FALSE(fresh->replayed);
  EXPECT_EQ(fresh->items[0].seq, Seq{2});
}

TEST_F(JournalTest, BatchesAreFrozenOnceAndSurviveReopening) {
  submit({event("a"), event("a")});
  auto batch = journal_->freeze(50'000, kBatchBytes);
  ASSERT_TRUE(batch && *batch);
  EXPECT_EQ((*batch)->first, 1u);
  EXPECT_EQ((*batch)->end, 3u);
  EXPECT_FALSE(*journal_->freeze(50'000, kBatchBytes));
  const std::string token = (*batch)->token();
  reopen();
  auto open = journal_->open_batches();
  ASSERT_EQ(open->size(), 1u);
  EXPECT_EQ(open->front().token(), token);
  ASSERT_TRUE(journal_->mark_stored(1));
  EXPECT_EQ(journal_->depth().stored, 3u);
  auto again = journal_->next_attempt(1);
  EXPECT_NE(again->token(), token);
  EXPECT_EQ(journal_->depth().stored, 1u);
  ASSERT_TRUE(journal_->mark_stored(1));
  ASSERT_TRUE(journal_->mark_verified(1));
  EXPECT_EQ(journal_->depth().backlog_bytes, 0u);
  EXPECT_EQ(journal_->last_verified()->number, 1u);
}

// What the flush writes down shares transactions with requests; each is as durable as if alone.
TEST_F(JournalTest, TheFlushGoesOnAmongRequests) {
  constexpr int kSenders = 4;
  constexpr std::uint64_t kEach = 100;
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([this] {
      for (std::uint64_t i = 0; i < kEach; ++i) EXPECT_TRUE(submit({event("a"), event("b")}));
    });
  }
  constexpr std::uint64_t kEnd = 1 + 2 * kSenders * kEach;
  while (journal_->depth().verified < kEnd) {
    auto batch = journal_->freeze(50, kBatchBytes);
    ASSERT_TRUE(batch) << batch.error().message;
    if (!*batch) continue;
    EXPECT_EQ((*batch)->first, journal_->depth().verified);
    ASSERT_TRUE(journal_->mark_stored((*batch)->number));
    ASSERT_TRUE(journal_->mark_verified((*batch)->number));
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(journal_->depth().backlog_bytes, 0u);
  reopen();
  EXPECT_TRUE(journal_->open_batches()->empty());
  EXPECT_EQ(journal_->last_verified()->end, kEnd);
  EXPECT_EQ(journal_->last_seq(*OrgId::parse("b")), Seq{kSenders * kEach});
}

TEST_F(JournalTest, ABatchIsBoundedByItsBytes) {
  for (int i = 0; i < 4; ++i) submit({event("a")});
  auto batch = journal_->freeze(1000, 1);
  ASSERT_TRUE(batch && *batch);
  EXPECT_EQ((*batch)->end - (*batch)->first, 1u);
  auto rest = journal_->freeze(1000, kBatchBytes);
  EXPECT_EQ((*rest)->end - (*rest)->first, 3u);
}

TEST_F(JournalTest, TheWatermarkWaitsForTheStore) {
  EXPECT_EQ(journal_->watermark(), clock_.now());
  auto receipt = submit({event("a")});
  clock_.advance(std::chrono::seconds(5));
  EXPECT_LE(journal_->watermark(), receipt->items[0].received_at);
  auto batch = journal_->freeze(10, kBatchBytes);
  ASSERT_TRUE(journal_->mark_stored((*batch)->number));
  EXPECT_EQ(journal_->watermark(), clock_.now());
}

TEST_F(JournalTest, SegmentsAreDroppedWholeAndSeqGoesOn) {
  settings_.segment_bytes = 2000;
  reopen();
  for (int i = 0; i < 40; ++i) {
    submit({event("a"), event("b")});
    auto batch = journal_->freeze(1000, kBatchBytes);
    ASSERT_TRUE(batch && *batch);
    ASSERT_TRUE(journal_->mark_stored((*batch)->number));
    ASSERT_TRUE(journal_->mark_verified((*batch)->number));
  }
  submit({event("a")});
  // The writer drops them when it next looks, some times a second.
  const auto left = [this] { return journal_->read(1, 1'000'000)->size(); };
  for (int i = 0; i < 12000 && left() >= 40; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_LT(left(), 40u);
  reopen();
  auto next = submit({event("a"), event("b")});
  EXPECT_EQ(next->items[0].seq, Seq{42});
  EXPECT_EQ(next->items[1].seq, Seq{41});
}

TEST_F(JournalTest, RefusesAtItsBoundAndTakesAgainBelowIt) {
  settings_.backlog_bytes_max = 1000;
  reopen();
  while (!journal_->refusal()) submit({event("a")});
  auto refused = submit({event("a")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_GT(refused.error().retry_after.count(), 0);
  auto batch = journal_->freeze(1000, kBatchBytes);
  journal_->mark_stored((*batch)->number);
  journal_->mark_verified((*batch)->number);
  EXPECT_TRUE(submit({event("a")}));
}

// Promise 5 rests on this: a cut parts what was received before its end from what comes later.
TEST_F(JournalTest, ACutRaisesTheFloor) {
  const OrgId a = *OrgId::parse("a");
  submit({event("a"), event("a")});
  const Timestamp end = *parse_rfc3339("2026-11-22T15:00:00Z");
  auto cut = journal_->cut({a}, end);
  ASSERT_TRUE(cut) << cut.error().message;
  EXPECT_EQ(cut->front().last_seq, Seq{2});
  auto later = submit({event("a")});
  EXPECT_GE(later->items[0].received_at, end);
  reopen();
  EXPECT_EQ((*journal_->find_cut(a, end))->last_seq, Seq{2});
  EXPECT_EQ(journal_->cut({a}, end)->front().last_seq, Seq{2});
  auto after = submit({event("a")});
  EXPECT_GE(after->items[0].received_at, end);
}

TEST_F(JournalTest, AnHourCanBeCutLate) {
  const OrgId a = *OrgId::parse("a");
  submit({event("a"), event("a")});
  clock_.set(*parse_rfc3339("2026-11-22T18:10:00Z"));
  submit({event("a")});
  clock_.advance(std::chrono::hours(2));
  submit({event("a")});
  auto at = [&](const char* time) { return journal_->cut({a}, *parse_rfc3339(time)); };
  EXPECT_EQ(at("2026-11-22T15:00:00Z")->front().last_seq, Seq{2});
  EXPECT_EQ(at("2026-11-22T18:00:00Z")->front().last_seq, Seq{2});
  EXPECT_EQ(at("2026-11-22T19:00:00Z")->front().last_seq, Seq{3});
  EXPECT_EQ(at("2026-11-22T14:00:00Z")->front().last_seq, Seq{0});
  EXPECT_EQ(at("2026-11-22T21:00:00Z")->front().last_seq, Seq{4});
  EXPECT_FALSE(at("2026-11-22T14:40:00Z"));
}

TEST_F(JournalTest, ManyThreadsLoseNothing) {
  constexpr int kThreads = 8;
  constexpr int kEach = 200;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const std::string org = "org" + std::to_string(t % 3);
      for (int i = 0; i < kEach; ++i) ASSERT_TRUE(submit({event(org.c_str())}));
    });
  }
  for (auto& thread : threads) thread.join();
  std::uint64_t total = 0;
  for (int i = 0; i < 3; ++i)
    total += journal_->last_seq(*OrgId::parse("org" + std::to_string(i))).value;
  EXPECT_EQ(total, static_cast<std::uint64_t>(kThreads * kEach));
  EXPECT_EQ(journal_->read(1, 1'000'000)->size(), total);
}

}  // namespace
}  // namespace trailkeeper::journal
