#include <fstream>

#include "tests/delivery_fixture.h"

namespace trailkeeper::deliver {
namespace {

TEST_F(DeliveryTest, AnHourIsDeliveredOnceItEnded) {
  connect(acme_, "acme-logs");
  add_events(acme_, 10);
  service_->step();
  EXPECT_EQ(found("acme-logs").manifests, 1);  // the opening one
  EXPECT_TRUE(found("acme-logs").lines.empty());
  run_until(at("2026-11-22T15:00:00Z"));
  const Found bucket = found("acme-logs");
  EXPECT_EQ(bucket.problems, std::vector<std::string>{});
  EXPECT_EQ(bucket.lines, trail_.lines(acme_));
  const auto objects = buckets_.objects("acme-logs");
  EXPECT_TRUE(
      objects.contains("in/audit/audit_logs/dt=2026-11-22/hour=14/"
                       "000001-00000000000000000001-00000000000000000010.jsonl.gz"));
  EXPECT_TRUE(
      objects.contains("in/audit/audit_logs_manifest/dt=2026-11-22/000001-000000000001.json"));
  EXPECT_EQ(view(acme_).state, "active");
  EXPECT_EQ(view(acme_).delivered_seq, Seq{10});
}

TEST_F(DeliveryTest, TheWindowInProgressIsDeliveredFromItsStart) {
  trail_.add(acme_, at("2026-11-22T13:59:59.999999Z"), "before");
  trail_.add(acme_, at("2026-11-22T14:00:00Z"), "within");
  connect(acme_, "acme-logs");
  run_until(at("2026-11-22T15:00:00Z"));
  EXPECT_EQ(found("acme-logs").first_seq, 2u);
  EXPECT_EQ(found("acme-logs").lines, std::vector<std::string>{trail_.lines(acme_)[1]});
}

TEST_F(DeliveryTest, ADayIsDeliveredOnceAtFive) {
  connect(acme_, "acme-logs", schedule::Frequency::daily);
  add_events(acme_, 5);
  run_until(at("2026-11-23T04:59:59Z"));
  EXPECT_TRUE(found("acme-logs").lines.empty());
  clock_.set(at("2026-11-23T01:00:00Z") > clock_.now() ? at("2026-11-23T01:00:00Z") : clock_.now());
  run_until(at("2026-11-23T05:00:00Z"));
  const Found bucket = found("acme-logs");
  EXPECT_EQ(bucket.problems, std::vector<std::string>{});
  EXPECT_EQ(bucket.lines, trail_.lines(acme_));
  EXPECT_TRUE(buckets_.objects("acme-logs")
                  .contains("in/audit/audit_logs/dt=2026-11-22/hour=00/"
                            "000001-00000000000000000001-00000000000000000005.jsonl.gz"));
  const int puts = buckets_.puts();
  run_until(at("2026-11-24T04:00:00Z"), std::chrono::hours(1));
  EXPECT_EQ(buckets_.puts(), puts);
}

TEST_F(DeliveryTest, EmptyWindowsHaveManifestsToo) {
  connect(acme_, "acme-logs");
  run_until(at("2026-11-22T18:00:00Z"));
  add_events(acme_, 3);
  run_until(at("2026-11-22T20:00:00Z"));
  const Found bucket = found("acme-logs");
  EXPECT_EQ(bucket.problems, std::vector<std::string>{});
  EXPECT_EQ(bucket.manifests, 7);
  EXPECT_EQ(bucket.empty_windows, 5);
  EXPECT_EQ(bucket.lines, trail_.lines(acme_));
}

// Promise 5 over time: contiguous ranges, late and early hours, restarts between.
TEST_F(DeliveryTest, EveryEntryIsDeliveredExactlyOnceOverDays) {
  connect(acme_, "acme-logs");
  for (int hour = 0; hour < 50; ++hour) {
    add_events(acme_, hour % 4 == 0 ? 0 : hour % 7 * 3 + 1);
    if (hour % 9 == 0) restart();
    run_until(clock_.now() + std::chrono::hours(1), std::chrono::minutes(21));
  }
  run_until(schedule::window_end(schedule::Frequency::hourly, clock_.now()));
  const Found bucket = found("acme-logs");
  EXPECT_EQ(bucket.problems, std::vector<std::string>{});
  EXPECT_EQ(bucket.lines, trail_.lines(acme_));
  EXPECT_EQ(buckets_.replaced(), 0);
}

TEST_F(DeliveryTest, HoursThatPassedWhileNothingRanAreDeliveredInOrder) {
  connect(acme_, "acme-logs");
  add_events(acme_, 4);
  service_->step();
  clock_.set(at("2026-11-24T10:00:00Z"));
  add_events(acme_, 2);
  restart();
  run_until(at("2026-11-24T11:00:00Z"));
  const Found bucket = found("acme-logs");
  EXPECT_EQ(bucket.problems, std::vector<std::string>{});
  EXPECT_EQ(bucket.lines, trail_.lines(acme_));
  EXPECT_EQ(bucket.manifests, 1 + 45);
}

TEST_F(DeliveryTest, WaitsUntilTheStoreHoldsTheRange) {
  connect(acme_, "acme-logs");
  service_->step();
  trail_.hold_store_back();
  add_events(acme_, 3);
  run_until(at("2026-11-22T15:20:00Z"));
  EXPECT_TRUE(found("acme-logs").lines.empty());
  EXPECT_EQ(view(acme_).state, "lagging");
  EXPECT_EQ(view(acme_).lag_seconds, 20 * 60);
  trail_.catch_up();
  service_->step();
  EXPECT_EQ(found("acme-logs").lines, trail_.lines(acme_));
  EXPECT_EQ(view(acme_).state, "active");
}

TEST_F(DeliveryTest, AnUnreachableStoreIsRetriedAndAGapIsNeverDelivered) {
  connect(acme_, "acme-logs");
  service_->step();
  add_events(acme_, 3);
  trail_.set_out_of_reach(true);
  run_until(at("2026-11-22T15:05:00Z"));
  EXPECT_EQ(view(acme_).state, "retrying");
  trail_.set_out_of_reach(false);
  trail_.lose(Seq{2});
  run_until(at("2026-11-22T15:40:00Z"));
  EXPECT_TRUE(found("acme-logs").lines.empty());
  EXPECT_EQ(state_->find(acme_, "main")->reason_code, "store_gap");
  trail_.lose(Seq{0});
  run_until(at("2026-11-22T15:59:00Z"));
  EXPECT_EQ(found("acme-logs").lines, trail_.lines(acme_));
}

TEST_F(DeliveryTest, LargeWindowsAreSplitIntoPartsInOrder) {
  settings_.split_bytes = 300;
  restart();
  connect(acme_, "acme-logs");
  add_events(acme_, 50);
  run_until(at("2026-11-22T15:00:00Z"));
  const Found bucket = found("acme-logs");
  EXPECT_EQ(bucket.problems, std::vector<std::string>{});
  EXPECT_EQ(bucket.lines, trail_.lines(acme_));
  EXPECT_TRUE(buckets_.objects("acme-logs")
                  .contains("in/audit/audit_logs/dt=2026-11-22/hour=14/"
                            "000001-00000000000000000001-00000000000000000050-00003.jsonl.gz"));
}

TEST_F(DeliveryTest, ListsWhatWasDelivered) {
  connect(acme_, "acme-logs");
  add_events(acme_, 2);
  run_until(at("2026-11-22T17:00:00Z"));
  const auto first = service_->deliveries(acme_, "", 2, "");
  ASSERT_TRUE(first);
  ASSERT_EQ(first->data.size(), 2u);
  EXPECT_EQ(first->data[0].window, 3);
  EXPECT_EQ(first->data[0].state, "delivered");
  EXPECT_FALSE(first->next_cursor.empty());
  const auto rest = service_->deliveries(acme_, "main", 2, first->next_cursor);
  ASSERT_TRUE(rest);
  ASSERT_EQ(rest->data.size(), 1u);
  EXPECT_EQ(rest->data[0].entries, 2u);
  ASSERT_EQ(rest->data[0].files.size(), 1u);
  EXPECT_EQ(rest->data[0].files[0].rows, 2u);
  EXPECT_EQ(rest->data[0].attempts, 1);
  EXPECT_TRUE(rest->next_cursor.empty());
  EXPECT_EQ(service_->deliveries(acme_, "", 2, "x").error().code, "bad_cursor");
  // Promise 7: another organization sees nothing of it.
  EXPECT_TRUE(service_->deliveries(other_, "", 200, "")->data.empty());
  EXPECT_EQ(service_->get(other_, "main").error().kind, ErrorKind::not_found);
}

TEST_F(DeliveryTest, PausedNothingIsSentAndNothingIsLost) {
  connect(acme_, "acme-logs");
  add_events(acme_, 2);
  run_until(at("2026-11-22T15:00:00Z"));
  ASSERT_TRUE(service_->pause(acme_, "main"));
  add_events(acme_, 3);
  run_until(at("2026-11-22T19:00:00Z"));
  EXPECT_EQ(found("acme-logs").lines.size(), 2u);
  EXPECT_EQ(view(acme_).state, "paused");
  ASSERT_TRUE(service_->resume(acme_, "main"));
  service_->step();
  EXPECT_EQ(found("acme-logs").lines, trail_.lines(acme_));
  EXPECT_EQ(found("acme-logs").problems, std::vector<std::string>{});
}

TEST_F(DeliveryTest, SwitchedOffByTheOperatorNothingIsSentAndNothingIsLost) {
  bool enabled = true;
  settings_.enabled = [&enabled](const OrgId&) { return enabled; };
  restart();
  connect(acme_, "acme-logs");
  service_->step();
  enabled = false;
  add_events(acme_, 3);
  run_until(at("2026-11-22T17:00:00Z"));
  EXPECT_TRUE(found("acme-logs").lines.empty());
  EXPECT_EQ(view(acme_).state, "disabled");
  EXPECT_FALSE(view(acme_).reason.empty());
  enabled = true;
  service_->step();
  EXPECT_EQ(view(acme_).state, "active");
  EXPECT_EQ(found("acme-logs").lines, trail_.lines(acme_));
}

TEST_F(DeliveryTest, DisconnectedItEndsAndTheBucketIsFreeAgain) {
  connect(acme_, "acme-logs");
  ASSERT_TRUE(service_->disconnect(acme_, "main"));
  add_events(acme_, 2);
  run_until(at("2026-11-22T17:00:00Z"));
  EXPECT_TRUE(found("acme-logs").lines.empty());
  EXPECT_EQ(view(acme_).state, "disabled");
  EXPECT_EQ(service_->try_now(acme_, "main").error().code, "not_active");
  connect(other_, "acme-logs");
}

TEST_F(DeliveryTest, StagedFilesAreGoneAfterDelivery) {
  connect(acme_, "acme-logs");
  add_events(acme_, 2);
  run_until(at("2026-11-22T15:00:00Z"));
  EXPECT_TRUE(std::filesystem::is_empty(settings_.staging_folder));
}

TEST_F(DeliveryTest, StagedFilesOfWindowsGivenUpAreRemovedAtTheStart) {
  connect(acme_, "acme-logs");
  service_->step();
  add_events(acme_, 2);
  buckets_.plan({Fault::busy});
  clock_.set(at("2026-11-22T15:00:00Z"));
  service_->step();
  EXPECT_FALSE(std::filesystem::is_empty(settings_.staging_folder));
  ASSERT_TRUE(service_->disconnect(acme_, "main"));
  restart();
  service_->start();
  service_->stop();
  EXPECT_TRUE(std::filesystem::is_empty(settings_.staging_folder));
}

TEST_F(DeliveryTest, LostOrDamagedStagedFilesAreMadeAgainWithTheSameBytes) {
  connect(acme_, "acme-logs");
  service_->step();
  add_events(acme_, 20);
  buckets_.plan({Fault::busy, Fault::busy});
  run_until(at("2026-11-22T15:00:00Z"), std::chrono::minutes(60));
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(settings_.staging_folder)) {
    if (entry.path().extension() == ".gz") std::ofstream(entry.path(), std::ios::app) << "damage";
    if (entry.path().extension() == ".json") std::filesystem::remove(entry.path());
  }
  run_until(at("2026-11-22T15:50:00Z"));
  EXPECT_EQ(found("acme-logs").problems, std::vector<std::string>{});
  EXPECT_EQ(found("acme-logs").lines, trail_.lines(acme_));
}

TEST_F(DeliveryTest, TheThreadsDeliverToo) {
  connect(acme_, "acme-logs");
  add_events(acme_, 10);
  service_->start();
  clock_.set(at("2026-11-22T15:00:00Z"));
  while (view(acme_).delivered_seq != Seq{10})
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  service_->stop();
  EXPECT_EQ(found("acme-logs").lines, trail_.lines(acme_));
}

}  // namespace
}  // namespace trailkeeper::deliver
