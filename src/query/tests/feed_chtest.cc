#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <random>
#include <thread>

#include "event/record.h"
#include "ingest/flusher.h"
#include "json/document.h"
#include "query/feed.h"
#include "query/feed_waiters.h"
#include "testing/random_event.h"
#include "testing/store_process.h"

namespace trailkeeper::query {
namespace {

using events::testing::StoreProcess;

struct Accepted {
  Seq seq;
  Timestamp received_at;
};

// A real engine, a real journal and the flush between them.
class FeedStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("feed_chtest_" + random_base32(12));
    process_ = std::make_unique<StoreProcess>();
    store_ = std::make_unique<events::EventStore>(
        events::StoreSettings{.unix_socket = process_->socket(),
                              .query_time_max = std::chrono::seconds(120)},
        client_);
    ASSERT_TRUE(store_->migrate());
    journal_ = std::move(*journal::Journal::open({.folder = folder_.string()}, clock_, metrics_));
    journal_->start();
    feed_ = std::make_unique<Feed>(*store_, *journal_);
    waiters_ = std::make_unique<FeedWaiters>(*feed_, metrics_, FeedWaiters::Settings{});
    waiters_->start();
    flusher_ = std::make_unique<ingest::Flusher>(
        *journal_, *store_, metrics_,
        ingest::Flusher::Settings{.pause = std::chrono::milliseconds(20),
                                  .on_stored = [this] { waiters_->ring(); }});
  }
  void TearDown() override {
    flusher_.reset();
    waiters_.reset();
    journal_.reset();
    process_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::vector<Accepted> submit(std::mt19937_64& random, int count, const OrgId& org) {
    journal::Submission submission;
    for (int i = 0; i < count; ++i) {
      const event::StoredEvent stored =
          event::testing::typical_event(random, org.str(), 1, clock_.now());
      submission.items.push_back(
          {.org = org,
           .id = stored.id,
           .tail = event::render_tail(stored.id, stored.nonce, stored.event)});
    }
    std::promise<Result<journal::Receipt>> promise;
    journal_->submit(std::move(submission),
                     [&](Result<journal::Receipt> r) { promise.set_value(std::move(r)); });
    const Result<journal::Receipt> receipt = promise.get_future().get();
    std::vector<Accepted> accepted;
    EXPECT_TRUE(receipt);
    for (const auto& item : receipt->items) accepted.push_back({item.seq, item.received_at});
    return accepted;
  }

  const OrgId acme_ = *OrgId::parse("acme");
  const OrgId globex_ = *OrgId::parse("globex");
  WallClock clock_;
  metrics::Registry metrics_;
  httpc::Client client_;
  std::filesystem::path folder_;
  std::unique_ptr<StoreProcess> process_;
  std::unique_ptr<events::EventStore> store_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<Feed> feed_;
  std::unique_ptr<FeedWaiters> waiters_;
  std::unique_ptr<ingest::Flusher> flusher_;
};

std::uint64_t seq_of(const std::string& record) {
  json::Document document;
  return static_cast<std::uint64_t>(*document.parse(record)->find("seq")->integer());
}

// What a reader was promised: with the page that ended at `after`.
struct Promised {
  Seq after;
  Timestamp watermark;
};

// Promise: nothing is skipped, none comes twice, in the order of seq, and what was received before
// a page's watermark is in it or before it, whatever writers and flush do meanwhile.
TEST_F(FeedStoreTest, WritersAndAReaderInterleaved) {
  flusher_->start();
  std::atomic<bool> writing{true};
  Mutex mutex;
  std::vector<Accepted> accepted;
  std::vector<std::thread> writers;
  for (unsigned number = 0; number < 4; ++number) {
    writers.emplace_back([&, number] {
      std::mt19937_64 random(number);
      for (int i = 0; i < 150; ++i) {
        const bool ours = number < 2;
        const auto got = submit(random, 1 + static_cast<int>(random() % 7), ours ? acme_ : globex_);
        if (!ours) continue;
        MutexLock lock(mutex);
        accepted.insert(accepted.end(), got.begin(), got.end());
      }
    });
  }
  std::vector<Promised> promises;
  std::mt19937_64 random(99);
  std::uint64_t expected = 1;
  FeedPosition position;
  std::size_t total = 0;
  for (bool last_look = false;;) {
    const auto page = feed_->read({.org = acme_, .from = position, .limit = 1 + random() % 40});
    ASSERT_TRUE(page || page.error().code == "entry_missing") << page.error().message;
    if (!page) continue;
    for (const std::string& record : page->records) ASSERT_EQ(seq_of(record), expected++);
    EXPECT_EQ(page->next.after.value, expected - 1);
    EXPECT_GE(page->watermark(), position.watermark);
    position = page->next;
    promises.push_back({position.after, page->watermark()});
    if (last_look && expected > total) break;
    if (!last_look && random() % 50 == 0) {
      MutexLock lock(mutex);
      last_look = accepted.size() > 1000;
    }
    if (last_look && writing.exchange(false)) {
      for (std::thread& writer : writers) writer.join();
      total = accepted.size();
    }
  }
  EXPECT_EQ(expected - 1, total);
  EXPECT_GT(promises.size(), 20u);
  for (const Promised& promise : promises) {
    for (const Accepted& event : accepted) {
      ASSERT_FALSE(event.received_at < promise.watermark && event.seq > promise.after)
          << "entry " << event.seq.value << " was received before a watermark that went with "
          << promise.after.value;
    }
  }
}

TEST_F(FeedStoreTest, AThousandWaitersAreWokenByOneFlush) {
  std::vector<std::future<std::size_t>> answers;
  for (int i = 0; i < 1000; ++i) {
    auto promise = std::make_shared<std::promise<std::size_t>>();
    answers.push_back(promise->get_future());
    ASSERT_TRUE(waiters_->wait({.org = acme_}, std::chrono::hours(1),
                               [promise](const Result<FeedPage>& page) {
                                 promise->set_value(page ? page->records.size() : 0);
                               }));
  }
  std::mt19937_64 random(5);
  submit(random, 3, acme_);
  EXPECT_EQ(answers.front().wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
  flusher_->insert_step();
  for (auto& answer : answers) EXPECT_EQ(answer.get(), 3u);
}

// A batch that is being stored again: the entries before it are given, none beyond it.
TEST_F(FeedStoreTest, AMissingBatchIsNeverSkipped) {
  std::mt19937_64 random(6);
  submit(random, 5, acme_);
  flusher_->insert_step();
  submit(random, 5, acme_);
  flusher_->insert_step();
  submit(random, 5, acme_);
  flusher_->insert_step();
  const auto batches = *journal_->open_batches();
  ASSERT_EQ(batches.size(), 3u);
  ASSERT_TRUE(store_->delete_batch(batches[1].number));

  const auto before = feed_->read({.org = acme_});
  ASSERT_TRUE(before);
  EXPECT_EQ(before->records.size(), 5u);
  EXPECT_FALSE(before->has_more);
  const auto beyond = feed_->read({.org = acme_, .from = before->next});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, "entry_missing");

  while (flusher_->verify_step() || flusher_->insert_step()) {
    if ((*journal_->open_batches()).empty()) break;
  }
  const auto mended = feed_->read({.org = acme_, .from = before->next});
  ASSERT_TRUE(mended) << mended.error().message;
  EXPECT_EQ(mended->records.size(), 10u);
}

TEST_F(FeedStoreTest, APageEndsAtItsBytes) {
  std::mt19937_64 random(7);
  journal::Submission submission;
  for (int i = 0; i < 60; ++i) {
    event::StoredEvent stored = event::testing::typical_event(random, "acme", 1, clock_.now());
    stored.event.metadata = R"({"text":")" + std::string(50'000, 'x') + R"("})";
    submission.items.push_back({.org = acme_,
                                .id = stored.id,
                                .tail = event::render_tail(stored.id, stored.nonce, stored.event)});
  }
  std::promise<bool> done;
  journal_->submit(std::move(submission),
                   [&](Result<journal::Receipt> receipt) { done.set_value(bool(receipt)); });
  ASSERT_TRUE(done.get_future().get());
  flusher_->insert_step();
  FeedPosition position;
  std::size_t pages = 0, records = 0;
  for (bool more = true; more; ++pages) {
    const auto page = feed_->read({.org = acme_, .from = position, .limit = kFeedRowsMax});
    ASSERT_TRUE(page);
    position = page->next;
    records += page->records.size();
    more = page->has_more;
  }
  EXPECT_EQ(records, 60u);
  EXPECT_GT(pages, 1u);
}

}  // namespace
}  // namespace trailkeeper::query
