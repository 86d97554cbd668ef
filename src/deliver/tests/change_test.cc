#include "tests/delivery_fixture.h"

namespace trailkeeper::deliver {
namespace {

class ChangeTest : public DeliveryTest {
 protected:
  void move_to(const std::string& bucket, const std::string& path = "in/audit") {
    draft(acme_, bucket, schedule::Frequency::hourly, "main", path);
    grant(acme_, bucket);
    ASSERT_TRUE(service_->validate(acme_, "main")->ok);
    const auto moved = service_->activate(acme_, "main");
    ASSERT_TRUE(moved) << moved.error().message;
  }
  std::string opening(const std::string& bucket, const std::string& stream,
                      const std::string& day = "2026-11-22") {
    const auto objects = buckets_.objects(bucket);
    const auto found = objects.find("in/audit/audit_logs_manifest/dt=" + day + "/" + stream +
                                    "-000000000000.json");
    return found == objects.end() ? "" : found->second.content;
  }
};

TEST_F(ChangeTest, AnotherFrequencyTakesEffectWithAPartWindow) {
  connect(acme_, "acme-logs");
  add_events(acme_, 3);
  run_until(at("2026-11-22T15:00:00Z"));
  clock_.set(at("2026-11-22T15:20:00Z"));
  add_events(acme_, 2);
  draft(acme_, "acme-logs", schedule::Frequency::daily);
  EXPECT_EQ(view(acme_).state, "active");
  EXPECT_FALSE(view(acme_).pending);
  service_->step();
  EXPECT_EQ(found("acme-logs").lines.size(), 5u);  // the part window is due at once
  add_events(acme_, 4);
  run_until(at("2026-11-23T04:50:00Z"));
  EXPECT_EQ(found("acme-logs").lines.size(), 5u);
  run_until(at("2026-11-23T05:00:00Z"));
  EXPECT_EQ(found("acme-logs").lines.size(), 9u);

  draft(acme_, "acme-logs", schedule::Frequency::hourly);
  add_events(acme_, 1);
  run_until(at("2026-11-23T07:00:00Z"));
  const Found bucket = found("acme-logs");
  EXPECT_EQ(bucket.problems, std::vector<std::string>{});
  EXPECT_EQ(bucket.lines, trail_.lines(acme_));
}

// Promise 5: whenever the frequency changes, and how often.
TEST_F(ChangeTest, ManyChangesOfFrequencyLoseAndDoubleNothing) {
  connect(acme_, "acme-logs");
  for (int i = 0; i < 40; ++i) {
    add_events(acme_, i % 5);
    draft(acme_, "acme-logs",
          i % 2 == 0 ? schedule::Frequency::daily : schedule::Frequency::hourly);
    if (i % 3 == 0)
      draft(acme_, "acme-logs",
            i % 2 == 0 ? schedule::Frequency::hourly : schedule::Frequency::daily);
    if (i % 4 == 0) restart();
    run_until(clock_.now() + std::chrono::minutes(i * 53 % 600), std::chrono::minutes(53));
  }
  draft(acme_, "acme-logs", schedule::Frequency::hourly);
  run_until(clock_.now() + std::chrono::hours(2));
  const Found bucket = found("acme-logs");
  EXPECT_EQ(bucket.problems, std::vector<std::string>{});
  EXPECT_EQ(bucket.lines, trail_.lines(acme_));
}

TEST_F(ChangeTest, AnotherBucketGetsANewStreamThatStartsWhereTheOldOneEnded) {
  connect(acme_, "acme-logs");
  add_events(acme_, 3);
  run_until(at("2026-11-22T15:00:00Z"));
  add_events(acme_, 2);
  clock_.set(at("2026-11-22T15:30:00Z"));
  move_to("acme-new");
  EXPECT_FALSE(opening("acme-new", "000002").size());
  add_events(acme_, 2);
  run_until(at("2026-11-22T17:00:00Z"));
  const Found old = found("acme-logs");
  const Found next = found("acme-new");
  EXPECT_EQ(old.problems, std::vector<std::string>{});
  EXPECT_EQ(old.last_seq, 3u);
  EXPECT_EQ(next.first_seq, 4u);
  EXPECT_EQ(next.last_seq, 7u);
  auto all = old.lines;
  all.insert(all.end(), next.lines.begin(), next.lines.end());
  EXPECT_EQ(all, trail_.lines(acme_));
  const std::string line = opening("acme-new", "000002");
  EXPECT_NE(line.find(R"("reason":"location_changed","uncertain":false)"), std::string::npos)
      << line;
  EXPECT_NE(
      line.find(
          R"("previous":{"key":"in/audit/audit_logs_manifest/dt=2026-11-22/000001-000000000001.json")"),
      std::string::npos)
      << line;
}

TEST_F(ChangeTest, AnUnknownOutcomeIsSettledByAListBeforeTheMove) {
  connect(acme_, "acme-logs");
  service_->step();
  add_events(acme_, 3);
  buckets_.plan({Fault::none, Fault::cut_after});  // the manifest arrives, its answer does not
  run_until(at("2026-11-22T15:00:00Z"), std::chrono::hours(1));
  EXPECT_EQ(view(acme_).delivered_seq, Seq{0});
  move_to("acme-new");
  EXPECT_EQ(view(acme_).delivered_seq, Seq{3});
  add_events(acme_, 2);
  run_until(at("2026-11-22T17:00:00Z"));
  EXPECT_EQ(found("acme-new").first_seq, 4u);
  EXPECT_EQ(found("acme-logs").last_seq, 3u);
}

TEST_F(ChangeTest, WhereTheOldBucketNoLongerAnswersTheNextStreamSaysUncertain) {
  connect(acme_, "acme-logs");
  service_->step();
  add_events(acme_, 3);
  buckets_.plan({Fault::none, Fault::cut_after});
  run_until(at("2026-11-22T15:00:00Z"), std::chrono::hours(1));
  buckets_.remove("acme-logs");
  move_to("acme-new");
  run_until(at("2026-11-22T17:00:00Z"));
  EXPECT_EQ(found("acme-new").lines, trail_.lines(acme_));
  EXPECT_NE(opening("acme-new", "000002").find(R"("uncertain":true)"), std::string::npos);
}

TEST_F(ChangeTest, AMoveBeforeAnythingWasSentStartsAtTheSameEntry) {
  buckets_.plan({});
  connect(acme_, "acme-logs");
  trail_.add(acme_, at("2026-11-22T14:20:00Z"));
  move_to("acme-new");
  run_until(at("2026-11-22T16:00:00Z"));
  EXPECT_EQ(found("acme-new").problems, std::vector<std::string>{});
  EXPECT_EQ(found("acme-new").lines, trail_.lines(acme_));
}

TEST_F(ChangeTest, UntilActivatedOldValuesStayInUse) {
  connect(acme_, "acme-logs");
  draft(acme_, "acme-new");
  EXPECT_TRUE(view(acme_).pending);
  EXPECT_EQ(service_->activate(acme_, "main").error().code, "not_validated");
  add_events(acme_, 2);
  run_until(at("2026-11-22T15:00:00Z"));
  EXPECT_EQ(found("acme-logs").lines, trail_.lines(acme_));
}

TEST_F(ChangeTest, AChangeAfterTheValidationNeedsAnother) {
  draft(acme_, "acme-logs");
  grant(acme_, "acme-logs");
  ASSERT_TRUE(service_->validate(acme_, "main")->ok);
  draft(acme_, "acme-other");
  EXPECT_EQ(service_->activate(acme_, "main").error().code, "not_validated");
}

TEST_F(ChangeTest, TheSessionNameStaysForTheDestinationsLife) {
  draft(acme_, "acme-logs");
  const std::string name = view(acme_).session_name;
  EXPECT_EQ(name.size(), 29u);
  EXPECT_TRUE(name.starts_with("tk-"));
  draft(acme_, "acme-new");
  restart();
  EXPECT_EQ(view(acme_).session_name, name);
  draft(other_, "other");
  EXPECT_NE(view(other_).session_name, name);
}

// Promise 7 and REQUIREMENTS C16.
TEST_F(ChangeTest, AClaimedLocationAnswersAsIfTheBucketRefused) {
  connect(acme_, "acme-logs");
  for (const char* path : {"in/audit", "in", "in/audit/deeper"}) {
    draft(other_, "acme-logs", schedule::Frequency::hourly, "main", path);
    const int calls = buckets_.puts();
    const auto validation = service_->validate(other_, "main");
    EXPECT_FALSE(validation->ok);
    EXPECT_NE(validation->checks.back().detail.find("AccessDenied"), std::string::npos);
    EXPECT_EQ(validation->checks.back().name, "list");
    EXPECT_EQ(buckets_.puts(), calls);
    EXPECT_EQ(service_->activate(other_, "main").error().code, "not_validated");
  }
}

TEST_F(ChangeTest, ALocationOfTheSameOrgIsSaidToBeTaken) {
  connect(acme_, "acme-logs");
  draft(acme_, "acme-logs", schedule::Frequency::daily, "second");
  const auto validation = service_->validate(acme_, "second");
  EXPECT_FALSE(validation->ok);
  EXPECT_EQ(validation->checks.back().name, "location");
}

TEST_F(ChangeTest, OfTwoThatValidatedTheSamePlaceOneGetsIt) {
  draft(acme_, "shared");
  draft(other_, "shared");
  buckets_.make("shared", {.sessions = {view(acme_).session_name, view(other_).session_name}});
  ASSERT_TRUE(service_->validate(acme_, "main")->ok);
  ASSERT_TRUE(service_->validate(other_, "main")->ok);
  ASSERT_TRUE(service_->activate(other_, "main"));
  EXPECT_EQ(service_->activate(acme_, "main").error().code, "location_claimed");
}

TEST_F(ChangeTest, PathsBesideEachOtherMayShareABucket) {
  draft(acme_, "shared", schedule::Frequency::hourly, "main", "a");
  draft(other_, "shared", schedule::Frequency::hourly, "main", "ab");
  buckets_.make("shared", {.sessions = {view(acme_).session_name, view(other_).session_name}});
  ASSERT_TRUE(service_->validate(acme_, "main")->ok);
  ASSERT_TRUE(service_->activate(acme_, "main"));
  ASSERT_TRUE(service_->validate(other_, "main")->ok);
  EXPECT_TRUE(service_->activate(other_, "main"));
}

TEST_F(ChangeTest, StreamNumbersGrowOverAllDestinationsOfAnOrg) {
  connect(acme_, "acme-logs");
  connect(acme_, "acme-second", schedule::Frequency::daily, "second");
  add_events(acme_, 4);
  ASSERT_TRUE(service_->disconnect(acme_, "main"));
  connect(acme_, "acme-logs");
  run_until(at("2026-11-23T06:00:00Z"));
  EXPECT_FALSE(opening("acme-second", "000002").empty());
  EXPECT_FALSE(opening("acme-logs", "000003").empty());
  EXPECT_EQ(found("acme-second").lines, trail_.lines(acme_));
  EXPECT_EQ(found("acme-logs").stream_lines, trail_.lines(acme_));
}

}  // namespace
}  // namespace trailkeeper::deliver
