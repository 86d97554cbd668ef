#include <thread>

#include "tests/delivery_fixture.h"

namespace trailkeeper::deliver {
namespace {

constexpr Fault kFaults[] = {
    Fault::lost,         Fault::cut_after,     Fault::busy,    Fault::slow_down, Fault::internal,
    Fault::conflict,     Fault::expired,       Fault::skewed,  Fault::denied,    Fault::no_bucket,
    Fault::wrong_region, Fault::bad_signature, Fault::cut_file};

struct Crash {};

class FaultTest : public DeliveryTest {
 protected:
  void expect_exactly_once() {
    const Found bucket = found("acme-logs");
    EXPECT_EQ(bucket.problems, std::vector<std::string>{});
    EXPECT_EQ(bucket.lines, trail_.lines(acme_));
    EXPECT_EQ(buckets_.replaced(), 0);
  }
};

// Promise 5: every fault at every call of two windows, each met twice in a row.
TEST_F(FaultTest, AnyFaultAtAnyCallLosesAndDoublesNothing) {
  settings_.split_bytes = 300;
  restart();
  connect(acme_, "acme-logs");
  service_->step();
  int swept = 0;
  for (const Fault fault : kFaults) {
    for (int call = 0; call < 6; ++call) {
      const int fired = buckets_.fired();
      add_events(acme_, 12);
      std::vector<Fault> plan(static_cast<std::size_t>(call), Fault::none);
      plan.insert(plan.end(), 2, fault);
      buckets_.plan(plan);
      run_until(clock_.now() + std::chrono::hours(6), std::chrono::minutes(20));
      ASSERT_GT(buckets_.fired(), fired) << static_cast<int>(fault) << " at call " << call;
      swept += buckets_.fired() - fired;
      ASSERT_EQ(view(acme_).state, "active") << static_cast<int>(fault) << " at call " << call;
    }
  }
  EXPECT_EQ(swept, 13 * 6 * 2);
  run_until(schedule::window_end(schedule::Frequency::hourly, clock_.now()));
  expect_exactly_once();
}

// Promise 5: the process ends before or after any call and starts again.
TEST_F(FaultTest, ACrashAtAnyStepLosesAndDoublesNothing) {
  settings_.split_bytes = 300;
  restart();
  connect(acme_, "acme-logs");
  int crashes = 0;
  for (int step = 0; step < 24; ++step) {
    add_events(acme_, 12);
    const bool after = step % 2 == 1;
    int left = step / 2 % 3;
    const auto crash = [&left, &crashes] {
      if (left-- != 0) return;
      ++crashes;
      throw Crash();
    };
    (after ? buckets_.after_put : buckets_.before_call) = crash;
    clock_.set(schedule::window_end(schedule::Frequency::hourly, clock_.now()));
    try {
      service_->step();
    } catch (const Crash&) {
      restart();
    }
    buckets_.before_call = nullptr;
    buckets_.after_put = nullptr;
    service_->step();
  }
  EXPECT_EQ(crashes, 24);
  run_until(schedule::window_end(schedule::Frequency::hourly, clock_.now()));
  expect_exactly_once();
}

TEST_F(FaultTest, AMissingRightSuspendsProbesAndResumesInOrder) {
  connect(acme_, "acme-logs");
  add_events(acme_, 3);
  run_until(at("2026-11-22T15:00:00Z"));
  buckets_.make("acme-logs", {});
  for (int hour = 0; hour < 30; ++hour) {
    add_events(acme_, 2);
    run_until(clock_.now() + std::chrono::hours(1));
  }
  EXPECT_EQ(view(acme_).state, "suspended");
  EXPECT_FALSE(view(acme_).remedy.empty());
  EXPECT_EQ(view(acme_).delivered_seq, Seq{3});
  EXPECT_LE(*view(acme_).next_attempt_at - clock_.now(), Duration(std::chrono::minutes(15)));
  const auto failed = service_->deliveries(acme_, "main", 200, "");
  const DeliveryView& oldest = failed->data[failed->data.size() - 2];
  EXPECT_EQ(oldest.state, "failed");
  EXPECT_FALSE(oldest.error.empty());
  EXPECT_EQ(failed->data[0].state, "due");
  grant(acme_, "acme-logs");
  run_until(
      schedule::window_end(schedule::Frequency::hourly, clock_.now() + std::chrono::hours(1)));
  EXPECT_EQ(view(acme_).state, "active");
  EXPECT_EQ(view(acme_).reason, "");
  expect_exactly_once();
}

TEST_F(FaultTest, TryNowDoesNotWaitForTheProbe) {
  connect(acme_, "acme-logs");
  service_->step();
  add_events(acme_, 3);
  buckets_.remove("acme-logs");
  run_until(at("2026-11-22T15:00:00Z"));
  EXPECT_EQ(view(acme_).state, "suspended");
  grant(acme_, "acme-logs");
  EXPECT_FALSE(service_->step());
  ASSERT_TRUE(service_->try_now(acme_, "main"));
  EXPECT_TRUE(service_->step());
  EXPECT_EQ(view(acme_).state, "active");
  expect_exactly_once();
}

TEST_F(FaultTest, AForeignObjectUnderOurKeyIsAnAlarmAndNeverReplaced) {
  connect(acme_, "acme-logs");
  service_->step();
  add_events(acme_, 3);
  const std::string key =
      "in/audit/audit_logs/dt=2026-11-22/hour=14/"
      "000001-00000000000000000001-00000000000000000003.jsonl.gz";
  buckets_.put_foreign("acme-logs", key, "something else");
  run_until(at("2026-11-22T16:00:00Z"));
  EXPECT_EQ(view(acme_).state, "retrying");
  EXPECT_EQ(state_->find(acme_, "main")->reason_code, "object_differs");
  EXPECT_EQ(buckets_.objects("acme-logs").at(key).content, "something else");
  EXPECT_NE(metrics_->text().find("trailkeeper_delivery_failures_total{blame=\"ours\"}"),
            std::string::npos);
  buckets_.remove_object("acme-logs", key);
  run_until(at("2026-11-22T17:00:00Z"));
  expect_exactly_once();
}

TEST_F(FaultTest, WhereEtagsAreNoMd5sSizeAndTimeSettleIt) {
  buckets_.set_etag_is_md5(false);
  connect(acme_, "acme-logs");
  service_->step();
  add_events(acme_, 3);
  buckets_.plan({Fault::cut_after, Fault::none, Fault::none, Fault::cut_after});
  run_until(at("2026-11-22T17:00:00Z"));
  EXPECT_EQ(buckets_.fired(), 2);
  expect_exactly_once();
}

TEST_F(FaultTest, AnOldObjectOfTheSameSizeDoesNotCountWhereEtagsAreNoMd5s) {
  buckets_.set_etag_is_md5(false);
  connect(acme_, "acme-logs");
  service_->step();
  add_events(acme_, 3);
  run_until(at("2026-11-22T15:00:00Z"));
  const auto first = buckets_.objects("acme-logs");
  // The next window's key is taken by an object from long ago.
  add_events(acme_, 3);
  buckets_.set_clock_time(at("2020-01-01T00:00:00Z"));
  const std::string key =
      "in/audit/audit_logs/dt=2026-11-22/hour=15/"
      "000001-00000000000000000004-00000000000000000006.jsonl.gz";
  buckets_.put_foreign("acme-logs", key, first.begin()->second.content);
  run_until(at("2026-11-22T16:30:00Z"));
  EXPECT_EQ(state_->find(acme_, "main")->reason_code, "object_differs");
}

// A stranger may have made the vanished bucket again: without the owner's account id nothing goes
// there unasked.
TEST_F(FaultTest, AVanishedBucketWithoutItsOwnersIdNeedsANewValidation) {
  ASSERT_TRUE(service_->put(acme_, "main",
                            {.bucket = "acme-logs", .region = "eu-west-1", .path = "in/audit"}));
  grant(acme_, "acme-logs");
  ASSERT_TRUE(service_->validate(acme_, "main")->ok);
  ASSERT_TRUE(service_->activate(acme_, "main"));
  service_->step();
  add_events(acme_, 3);
  buckets_.remove("acme-logs");
  run_until(at("2026-11-22T15:00:00Z"));
  grant(acme_, "acme-logs");
  const int puts = buckets_.puts();
  ASSERT_TRUE(service_->try_now(acme_, "main"));
  run_until(at("2026-11-22T17:00:00Z"));
  EXPECT_EQ(buckets_.puts(), puts);
  EXPECT_EQ(view(acme_).state, "suspended");
  EXPECT_EQ(service_->activate(acme_, "main").error().code, "not_validated");
  ASSERT_TRUE(service_->validate(acme_, "main")->ok);
  ASSERT_TRUE(service_->activate(acme_, "main"));
  run_until(at("2026-11-22T18:00:00Z"));
  expect_exactly_once();
}

// REQUIREMENTS C16, looked at every day.
TEST_F(FaultTest, ABucketThatIsOpenedToEveryoneIsSuspended) {
  connect(acme_, "acme-logs");
  add_events(acme_, 3);
  run_until(at("2026-11-22T15:00:00Z"));
  buckets_.make("acme-logs", {.anyone = true});
  add_events(acme_, 3);
  run_until(at("2026-11-23T16:00:00Z"));
  EXPECT_EQ(view(acme_).state, "suspended");
  EXPECT_EQ(state_->find(acme_, "main")->reason_code, "bucket_open");
  grant(acme_, "acme-logs");
  run_until(at("2026-11-23T18:00:00Z"));
  EXPECT_EQ(view(acme_).state, "active");
  expect_exactly_once();
}

// Promise 8: a bucket that does not answer delays nobody else's.
TEST_F(FaultTest, ABucketThatStallsDelaysNobodyElse) {
  connect(acme_, "acme-logs");
  connect(other_, "other-logs");
  service_->step();
  add_events(acme_, 2);
  add_events(other_, 2);
  buckets_.healthy = "other-logs";
  buckets_.plan({Fault::stall});
  service_->start();
  clock_.set(at("2026-11-22T15:00:00Z"));
  buckets_.wait_for_stall();
  while (view(other_).delivered_seq != Seq{2})
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(view(acme_).delivered_seq, Seq{0});
  EXPECT_EQ(service_->deliveries(acme_, "main", 1, "")->data[0].state, "delivering");
  buckets_.release();
  service_->stop();
  EXPECT_EQ(found("other-logs").lines, trail_.lines(other_));
  run_until(at("2026-11-22T16:30:00Z"));
  expect_exactly_once();
}

// Promise 8: not even more dead buckets than the fast lane has places. They are sent to in the end.
// On a slow machine the others may count as slow themselves: the slow lane has room for them.
TEST_F(FaultTest, ManyDeadBucketsDelayNobodyElse) {
  constexpr int kDead = 4;
  settings_.workers = 2;
  settings_.slow_workers = kDead + 1;
  settings_.slice = std::chrono::milliseconds(20);
  restart();
  std::vector<OrgId> dead;
  for (int i = 0; i < kDead; ++i) {
    dead.push_back(*OrgId::parse("dead-" + std::to_string(i)));
    connect(dead.back(), dead.back().str() + "-logs");
    add_events(dead.back(), 2);
  }
  connect(acme_, "acme-logs");
  connect(other_, "other-logs");
  add_events(acme_, 2);
  add_events(other_, 2);
  service_->step();
  for (const OrgId& org : dead) buckets_.make_dead(org.str() + "-logs");
  service_->start();
  clock_.set(at("2026-11-22T15:00:00Z"));
  buckets_.wait_for_stall(kDead);
  const auto wait_for = [this](const OrgId& org) {
    while (view(org).delivered_seq != Seq{2})
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  };
  wait_for(acme_);
  wait_for(other_);
  for (const OrgId& org : dead) {
    EXPECT_EQ(view(org).delivered_seq, Seq{0});
    EXPECT_EQ(view(org).state, "active");  // it was told to stop: that is no failure
  }
  buckets_.release();
  for (const OrgId& org : dead) wait_for(org);
  service_->stop();
  for (const OrgId& org : dead)
    EXPECT_EQ(found(org.str() + "-logs").lines, trail_.lines(org)) << org.str();
  EXPECT_EQ(buckets_.replaced(), 0);
}

// What does not answer is no reason to wait at the end, or before a change.
TEST_F(FaultTest, ADeadBucketHoldsUpNeitherDisconnectingNorTheEnd) {
  connect(acme_, "acme-logs");
  connect(other_, "other-logs");
  add_events(acme_, 2);
  add_events(other_, 2);
  service_->step();
  buckets_.make_dead("acme-logs");
  buckets_.make_dead("other-logs");
  service_->start();
  clock_.set(at("2026-11-22T15:00:00Z"));
  buckets_.wait_for_stall(2);
  EXPECT_TRUE(service_->disconnect(acme_, "main"));
  service_->stop();
  EXPECT_EQ(view(other_).delivered_seq, Seq{0});
  EXPECT_FALSE(view(other_).failed_since);
}

// Promise 8: nor do validations of buckets that do not answer hold all that answers people.
TEST_F(FaultTest, ValidationsOfDeadBucketsAreFewAndEnd) {
  settings_.validation_max = std::chrono::milliseconds(200);
  restart();
  std::vector<std::thread> running;
  for (int i = 0; i < 3; ++i) {
    const std::string id = "dead-" + std::to_string(i);
    draft(acme_, id, schedule::Frequency::hourly, id);
    grant(acme_, id, id);
    buckets_.make_dead(id);
  }
  draft(other_, "other-logs");
  grant(other_, "other-logs");
  for (int i = 0; i < 3; ++i) {
    running.emplace_back([this, id = "dead-" + std::to_string(i)] {
      const auto validation = service_->validate(acme_, id);
      ASSERT_TRUE(validation);
      EXPECT_FALSE(validation->ok);
      EXPECT_EQ(validation->checks.back().name, "list");
    });
  }
  for (std::thread& each : running) each.join();
  EXPECT_TRUE(service_->validate(other_, "main")->ok);
}

TEST_F(FaultTest, AFourthValidationAtATimeIsRefused) {
  settings_.validation_max = std::chrono::hours(1);
  restart();
  std::vector<std::thread> running;
  for (int i = 0; i < 3; ++i) {
    const std::string id = "dead-" + std::to_string(i);
    draft(acme_, id, schedule::Frequency::hourly, id);
    grant(acme_, id, id);
    buckets_.make_dead(id);
    running.emplace_back([this, id] { EXPECT_TRUE(service_->validate(acme_, id)); });
    buckets_.wait_for_stall(i + 1);
  }
  draft(other_, "other-logs");
  const auto refused = service_->validate(other_, "main");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "busy");
  buckets_.release();
  for (std::thread& each : running) each.join();
  grant(other_, "other-logs");
  EXPECT_TRUE(service_->validate(other_, "main")->ok);
}

}  // namespace
}  // namespace trailkeeper::deliver
