#include "query/activity.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

namespace trailkeeper::query {
namespace {

using namespace std::chrono_literals;

// A real journal, and an event store that nobody serves.
class ActivityTest : public testing::Test {
 protected:
  ActivityTest() {
    folder_ = std::filesystem::temp_directory_path() / ("activity_test_" + random_base32(12));
    journal_ = std::move(*journal::Journal::open({.folder = folder_.string()}, clock_, metrics_));
    journal_->start();
    tallies_ = std::make_unique<events::Tallies>(
        events::StoreSettings{.unix_socket = (folder_ / "nobody.sock").string()}, client_);
    activity_ = std::make_unique<Activity>(*tallies_, *journal_, clock_, [this] { return orgs_; });
  }
  ~ActivityTest() override {
    activity_.reset();
    journal_.reset();
    std::filesystem::remove_all(folder_);
  }
  void commit(const OrgId& org, int count) {
    journal::Submission submission;
    for (int i = 0; i < count; ++i) {
      submission.items.push_back({.org = org, .id = Uuid::v7(clock_.now()), .tail = "}"});
    }
    std::promise<bool> done;
    journal_->submit(std::move(submission),
                     [&](Result<journal::Receipt> receipt) { done.set_value(bool(receipt)); });
    ASSERT_TRUE(done.get_future().get());
  }
  void pass(Duration time) {
    clock_.advance(time);
    activity_->step();
  }

  const OrgId acme_ = *OrgId::parse("acme");
  const OrgId globex_ = *OrgId::parse("globex");
  std::vector<OrgId> orgs_{acme_};
  ManualClock clock_{*parse_rfc3339("2026-11-22T14:30:00Z")};
  metrics::Registry metrics_;
  httpc::Client client_;
  std::filesystem::path folder_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<events::Tallies> tallies_;
  std::unique_ptr<Activity> activity_;
};

TEST_F(ActivityTest, CountsWhatCameInTheLastHourAndDay) {
  commit(acme_, 5);  // before the first look: of it the store would know the time
  activity_->step();
  EXPECT_EQ(activity_->of(acme_).entries, 5u);
  EXPECT_EQ(activity_->of(acme_).last_hour, 0u);
  EXPECT_FALSE(activity_->of(acme_).last_received_at);
  commit(acme_, 3);
  pass(1min);
  EXPECT_EQ(activity_->of(acme_).last_hour, 3u);
  EXPECT_EQ(activity_->of(acme_).last_received_at, clock_.now());
  pass(50min);
  EXPECT_EQ(activity_->of(acme_).last_hour, 3u);
  pass(20min);
  EXPECT_EQ(activity_->of(acme_).last_hour, 0u);
  EXPECT_EQ(activity_->of(acme_).last_day, 3u);
  commit(acme_, 2);
  for (int hour = 0; hour < 22; ++hour) pass(1h);
  EXPECT_EQ(activity_->of(acme_).last_day, 5u);
  for (int hour = 0; hour < 3; ++hour) pass(1h);
  EXPECT_EQ(activity_->of(acme_).last_day, 0u);
  EXPECT_EQ(activity_->of(acme_).entries, 10u);
}

TEST_F(ActivityTest, AnOrganizationMadeLaterCameWithNothing) {
  activity_->step();
  orgs_.push_back(globex_);
  commit(globex_, 4);
  pass(10s);
  EXPECT_EQ(activity_->of(globex_).last_hour, 4u);
  EXPECT_EQ(activity_->of(*OrgId::parse("nowhere")).entries, 0u);
  EXPECT_EQ(activity_->intake().orgs_last_day, 1u);
}

TEST_F(ActivityTest, RatesAreByTheMinute) {
  EXPECT_TRUE(activity_->intake().minutes.empty());
  activity_->step();
  commit(acme_, 60);
  pass(10s);
  EXPECT_DOUBLE_EQ(activity_->intake().per_second, 6.0);
  pass(1min);
  commit(acme_, 7);
  pass(1min);
  const IntakeRates rates = activity_->intake();
  ASSERT_EQ(rates.minutes.size(), 3u);
  EXPECT_EQ(rates.minutes[0].entries, 60u);
  EXPECT_EQ(rates.minutes[0].start, *parse_rfc3339("2026-11-22T14:30:00Z"));
  EXPECT_EQ(rates.minutes[1].entries, 0u);
  EXPECT_EQ(rates.minutes[2].entries, 7u);
  for (int minute = 0; minute < 70; ++minute) pass(1min);
  EXPECT_EQ(activity_->intake().minutes.size(), 60u);
  EXPECT_DOUBLE_EQ(activity_->intake().per_second, 0.0);
}

TEST_F(ActivityTest, WithoutTheStoreActionsAreNotKnown) {
  const auto actions = activity_->actions();
  ASSERT_FALSE(actions);
  EXPECT_EQ(actions.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace trailkeeper::query
