#include "query/feed.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "query/feed_waiters.h"

namespace trailkeeper::query {
namespace {

using namespace std::chrono_literals;

// A journal, and an event store that nobody serves: nothing here may need one.
class FeedTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("feed_test_" + random_base32(12));
    journal_ = std::move(*journal::Journal::open({.folder = folder_.string()}, clock_, metrics_));
    journal_->start();
    store_ = std::make_unique<events::EventStore>(
        events::StoreSettings{.unix_socket = (folder_ / "nobody.sock").string()}, client_);
    feed_ = std::make_unique<Feed>(*store_, *journal_);
  }
  void TearDown() override {
    feed_.reset();
    journal_.reset();
    std::filesystem::remove_all(folder_);
  }
  void commit() {
    journal::Submission submission;
    submission.items.push_back({.org = acme_, .id = Uuid::v7(clock_.now()), .tail = "}"});
    std::promise<bool> done;
    journal_->submit(std::move(submission),
                     [&](Result<journal::Receipt> receipt) { done.set_value(bool(receipt)); });
    ASSERT_TRUE(done.get_future().get());
  }

  const OrgId acme_ = *OrgId::parse("acme");
  const OrgId globex_ = *OrgId::parse("globex");
  ManualClock clock_{*parse_rfc3339("2026-11-22T14:30:00Z")};
  metrics::Registry metrics_;
  httpc::Client client_;
  std::filesystem::path folder_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<events::EventStore> store_;
  std::unique_ptr<Feed> feed_;
};

TEST_F(FeedTest, ACursorComesBackForItsOrgOnly) {
  const FeedPosition position{Seq{42}, clock_.now()};
  const std::string cursor = feed_cursor(acme_, position, *journal_);
  EXPECT_EQ(read_feed_cursor(cursor, acme_, *journal_), position);
  EXPECT_FALSE(read_feed_cursor(cursor, globex_, *journal_));
  const auto refused = feed_->position(globex_, cursor);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "bad_cursor");
}

TEST_F(FeedTest, NoChangedCursorIsTaken) {
  const std::string cursor = feed_cursor(acme_, {Seq{42}, clock_.now()}, *journal_);
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_feed_cursor(changed, acme_, *journal_)) << i;
    EXPECT_FALSE(read_feed_cursor(cursor.substr(0, i), acme_, *journal_)) << i;
  }
  EXPECT_FALSE(read_feed_cursor(cursor + "A", acme_, *journal_));
}

TEST_F(FeedTest, ACursorOutlivesARestart) {
  const FeedPosition position{Seq{7}, clock_.now()};
  const std::string cursor = feed_cursor(acme_, position, *journal_);
  feed_.reset();
  journal_.reset();
  journal_ = std::move(*journal::Journal::open({.folder = folder_.string()}, clock_, metrics_));
  EXPECT_EQ(read_feed_cursor(cursor, acme_, *journal_), position);
}

TEST_F(FeedTest, WhereNothingIsNewTheStoreIsNotAsked) {
  const auto page = feed_->read({.org = acme_});
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->records.empty());
  EXPECT_FALSE(page->has_more);
  EXPECT_EQ(page->watermark(), clock_.now());
}

TEST_F(FeedTest, AWatermarkNeverGoesBack) {
  const Timestamp promised = clock_.now() + 1h;
  const auto page = feed_->read({.org = acme_, .from = {Seq{0}, promised}});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->watermark(), promised);
}

TEST_F(FeedTest, WhileTheStoreIsAwayTheFeedIsUnavailable) {
  commit();
  const auto page = feed_->read({.org = acme_});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::unavailable);
}

TEST_F(FeedTest, ALimitBeyondItsBoundsIsRefused) {
  for (const std::size_t limit : {std::size_t{0}, kFeedRowsMax + 1}) {
    const auto page = feed_->read({.org = acme_, .limit = limit});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, ErrorKind::invalid);
  }
}

class FeedWaitersTest : public FeedTest {
 protected:
  using Answer = std::future<Result<FeedPage>>;

  std::unique_ptr<FeedWaiters> waiters(FeedWaiters::Settings settings = {}) {
    auto waiters = std::make_unique<FeedWaiters>(*feed_, metrics_, settings);
    waiters->start();
    return waiters;
  }
  static Result<Answer> wait(FeedWaiters& waiters, const OrgId& org,
                             std::chrono::seconds patience) {
    auto promise = std::make_shared<std::promise<Result<FeedPage>>>();
    TRY(waiters.wait({.org = org}, patience,
                     [promise](const Result<FeedPage>& page) { promise->set_value(page); }));
    return promise->get_future();
  }
};

TEST_F(FeedWaitersTest, WhoeverWaitsInVainGetsAnEmptyPage) {
  const auto waiters = this->waiters();
  auto answer = wait(*waiters, acme_, 0s);
  ASSERT_TRUE(answer);
  const auto page = answer->get();
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->records.empty());
}

TEST_F(FeedWaitersTest, AStopAnswersAllThatWait) {
  const auto waiters = this->waiters();
  std::vector<Answer> answers;
  for (int i = 0; i < 1000; ++i) {
    auto answer = wait(*waiters, acme_, 3600s);
    ASSERT_TRUE(answer);
    answers.push_back(*std::move(answer));
  }
  waiters->stop();
  for (Answer& answer : answers) EXPECT_TRUE(answer.get());
  EXPECT_FALSE(wait(*waiters, acme_, 1s)) << "after a stop nobody may wait";
}

TEST_F(FeedWaitersTest, ARingForACommitIsHeardByThoseOfThatOrg) {
  const auto waiters = this->waiters();
  auto acme = wait(*waiters, acme_, 3600s);
  auto globex = wait(*waiters, globex_, 3600s);
  ASSERT_TRUE(acme && globex);
  commit();
  waiters->ring();
  // The store is away, and that is what the reader is told.
  const auto page = acme->get();
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(globex->wait_for(0s), std::future_status::timeout);
}

TEST_F(FeedWaitersTest, ThereIsABoundForAllAndForOneOrg) {
  const auto waiters = this->waiters({.waiters_max = 3, .waiters_per_org_max = 2});
  ASSERT_TRUE(wait(*waiters, acme_, 3600s));
  ASSERT_TRUE(wait(*waiters, acme_, 3600s));
  const auto third = wait(*waiters, acme_, 3600s);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::unavailable);
  EXPECT_GT(third.error().retry_after.count(), 0);
  ASSERT_TRUE(wait(*waiters, globex_, 3600s));
  EXPECT_FALSE(wait(*waiters, globex_, 3600s));
}

}  // namespace
}  // namespace trailkeeper::query
