#include <gtest/gtest.h>

#include <sstream>

#include "base/clock.h"
#include "base/metrics.h"
#include "compress/gzip.h"
#include "crypto/hash.h"
#include "crypto/sealer.h"
#include "deliver/deliveries.h"
#include "deliver/s3_sink.h"
#include "ledger/ledger.h"
#include "settings/deliveries.h"
#include "testing/fake_trail.h"
#include "testing/lab.h"
#include "testing/temp_folder.h"

namespace trailkeeper::deliver {
namespace {

Timestamp at(std::string_view text) { return parse_rfc3339(text).value(); }

// The whole path to a real S3 with STS: role sessions, bucket policies, conditional PUTs.
class DeliverS3Test : public testing::Test {
 protected:
  DeliverS3Test() : vendor_(lab_.vendor) {
    settings_.staging_folder = folder_.path() + "/staging";
    settings_.role_arn = lab_.role_arn;
    settings_.endpoints = {{.url = lab_.endpoint, .region = lab_.region}};
    sink_ = make_s3_sink(http_, address_policy(settings_), vendor_, wall_);
    store_ = settings::Store::open({.folder = folder_.path()}).value();
    state_ = std::make_unique<settings::Deliveries>(*store_);
    log_ = ledger::Ledger::open({folder_.path() + "/ledger", "trail.example"}, sealer_, clock_)
               .value();
    trail_.set_on_add([this](const OrgId& org, Seq seq, const FakeTrail::Entry& entry) {
      const ledger::Addition addition{org, {seq, entry.received_at, crypto::sha256(entry.line)}};
      ASSERT_TRUE(log_->append({&addition, 1}, ++position_));
    });
    service_ =
        Deliveries::make(settings_, *state_, trail_, trail_, *sink_, *log_, clock_, metrics_);
  }
  ~DeliverS3Test() override { service_.reset(); }

  DestinationView draft(const OrgId& org, const std::string& bucket,
                        const std::string& path = "in/audit = b \xc3\xa9+") {
    const auto view =
        service_->put(org, "main", {.bucket = bucket, .endpoint = lab_.endpoint, .path = path});
    EXPECT_TRUE(view) << view.error().message;
    return *view;
  }
  // The last check, "name: detail", of a validation.
  std::string validated(const OrgId& org, bool expected_ok) {
    const auto validation = service_->validate(org, "main");
    if (!validation) return validation.error().message;
    EXPECT_EQ(validation->ok, expected_ok);
    const Check& last = validation->checks.back();
    EXPECT_EQ(last.ok || !last.remedy.empty(), true) << last.detail;
    return last.name + ": " + last.detail;
  }
  void add_events(int count) {
    for (int i = 0; i < count; ++i) {
      clock_.advance(std::chrono::milliseconds(5));
      trail_.add(acme_, clock_.now(), "caf\xc3\xa9 " + std::to_string(i));
    }
  }
  // The lines of all audit objects in the bucket, as its owner reads them.
  std::vector<std::string> delivered(const std::string& bucket) {
    std::vector<std::string> lines;
    for (const auto& object : lab_.list(bucket)) {
      if (object.key.find("/audit_logs/") == std::string::npos) continue;
      std::istringstream text(compress::gunzip(lab_.read(bucket, object.key), 1u << 30).value());
      for (std::string line; std::getline(text, line);) lines.push_back(line);
    }
    return lines;
  }

  const OrgId acme_ = *OrgId::parse("acme");
  const OrgId other_ = *OrgId::parse("other");
  s3::Lab& lab_ = s3::Lab::get();
  settings::TempFolder folder_;
  httpc::Client http_;
  WallClock wall_;
  s3::StaticCredentials vendor_;
  ManualClock clock_{at("2026-11-22T14:10:00Z")};
  metrics::Registry metrics_;
  FakeTrail trail_;
  Settings settings_;
  std::unique_ptr<ObjectSink> sink_;
  const crypto::Sealer sealer_ = *crypto::Sealer::from_key(std::string(32, 'k'));
  std::unique_ptr<ledger::Ledger> log_;
  std::uint64_t position_ = 0;
  std::unique_ptr<settings::Store> store_;
  std::unique_ptr<settings::Deliveries> state_;
  std::unique_ptr<Deliveries> service_;
};

TEST_F(DeliverS3Test, TheReturnedPolicyIsAllThatTheBucketNeeds) {
  const std::string bucket = lab_.make_bucket();
  const DestinationView view = draft(acme_, bucket);
  EXPECT_EQ(view.principal, "arn:aws:sts:::assumed-role/trailkeeper-delivery/" + view.session_name);
  EXPECT_NE(validated(acme_, false).find("list: Listing the bucket was refused."),
            std::string::npos);
  EXPECT_EQ(service_->activate(acme_, "main").error().code, "not_validated");
  lab_.put_policy(bucket, view.policy);
  EXPECT_NE(validated(acme_, true).find("put: "), std::string::npos);
  ASSERT_TRUE(service_->activate(acme_, "main"));

  add_events(100);
  clock_.set(at("2026-11-22T15:00:00Z"));
  service_->step();
  EXPECT_EQ(service_->get(acme_, "main")->state, "active") << service_->get(acme_, "main")->reason;
  EXPECT_EQ(delivered(bucket), trail_.lines(acme_));
  const auto page = service_->deliveries(acme_, "main", 10, "");
  ASSERT_EQ(page->data.size(), 1u);
  EXPECT_EQ(page->data[0].state, "delivered");
  EXPECT_FALSE(page->data[0].request_id.empty());
}

// Promise 7, REQUIREMENTS C16: the policy names one session; another org's gets nowhere.
TEST_F(DeliverS3Test, AnotherOrgThatNamesTheBucketGetsNowhere) {
  const std::string bucket = lab_.make_bucket();
  lab_.put_policy(bucket, draft(acme_, bucket).policy);
  draft(other_, bucket);
  const std::string refused_by_s3 = validated(other_, false);
  EXPECT_NE(refused_by_s3.find("list: Listing the bucket was refused."), std::string::npos);
  validated(acme_, true);
  ASSERT_TRUE(service_->activate(acme_, "main"));
  // Nothing tells that it has an owner here now.
  EXPECT_EQ(validated(other_, false), refused_by_s3);
  EXPECT_FALSE(service_->activate(other_, "main"));
}

TEST_F(DeliverS3Test, ABucketOpenToTheWholeRoleIsRefused) {
  const std::string bucket = lab_.make_bucket();
  std::string policy = draft(acme_, bucket).policy;
  const std::string principal = service_->get(acme_, "main")->principal;
  for (auto found = policy.find(principal); found != std::string::npos;
       found = policy.find(principal)) {
    policy.replace(found, principal.size(), lab_.role_arn);
  }
  lab_.put_policy(bucket, policy);
  EXPECT_NE(validated(acme_, false).find("other_session_list: The bucket lets every customer"),
            std::string::npos);
}

TEST_F(DeliverS3Test, WrongValuesGetAClearAnswer) {
  draft(acme_, "no-such-bucket-at-all");
  EXPECT_NE(validated(acme_, false).find("There is no bucket no-such-bucket-at-all."),
            std::string::npos);
  ASSERT_TRUE(service_->put(acme_, "main",
                            {.bucket = "no-such-bucket-at-all",
                             .endpoint = lab_.endpoint,
                             .role_arn = "arn:aws:iam::123456789012:role/nobody"}));
  EXPECT_NE(validated(acme_, false).find("could not be assumed"), std::string::npos);
}

// Promise 5 against a real bucket: the right is taken away and given back, the process restarts,
// nothing is doubled.
TEST_F(DeliverS3Test, AfterTheRightWasTakenAwayItGoesOnWhereItStopped) {
  const std::string bucket = lab_.make_bucket();
  const std::string policy = draft(acme_, bucket).policy;
  lab_.put_policy(bucket, policy);
  validated(acme_, true);
  ASSERT_TRUE(service_->activate(acme_, "main"));
  add_events(10);
  clock_.set(at("2026-11-22T15:00:00Z"));
  service_->step();
  lab_.remove_policy(bucket);
  add_events(10);
  clock_.set(at("2026-11-22T16:00:00Z"));
  service_->step();
  EXPECT_EQ(service_->get(acme_, "main")->state, "suspended");
  EXPECT_FALSE(service_->get(acme_, "main")->remedy.empty());
  lab_.put_policy(bucket, policy);
  service_.reset();
  service_ = Deliveries::make(settings_, *state_, trail_, trail_, *sink_, *log_, clock_, metrics_);
  ASSERT_TRUE(service_->try_now(acme_, "main"));
  service_->step();
  EXPECT_EQ(service_->get(acme_, "main")->state, "active") << service_->get(acme_, "main")->reason;
  EXPECT_EQ(delivered(bucket), trail_.lines(acme_));
}

// A PUT whose answer was lost: the same key again is settled by the list.
TEST_F(DeliverS3Test, AnObjectThatArrivedBeforeIsRecognised) {
  const std::string bucket = lab_.make_bucket();
  const DestinationView view = draft(acme_, bucket, "in");
  lab_.put_policy(bucket, view.policy);
  validated(acme_, true);
  ASSERT_TRUE(service_->activate(acme_, "main"));
  service_->step();
  add_events(10);
  clock_.set(at("2026-11-22T15:00:00Z"));
  // The same trail delivered from a copy of the state, as if this process had died before it could
  // write it down.
  {
    const auto copy_folder = folder_.path() + "/copy";
    std::filesystem::create_directory(copy_folder);
    for (const std::string name : {"/settings.db", "/settings.db-wal"}) {
      if (std::filesystem::exists(folder_.path() + name))
        std::filesystem::copy_file(folder_.path() + name, copy_folder + name);
    }
    auto copied = settings::Store::open({.folder = copy_folder}).value();
    settings::Deliveries copy(*copied);
    metrics::Registry metrics;
    auto twin = Deliveries::make(settings_, copy, trail_, trail_, *sink_, *log_, clock_, metrics);
    twin->step();
    EXPECT_EQ(twin->get(acme_, "main")->delivered_seq, Seq{10});
  }
  const auto before = lab_.list(bucket);
  service_->step();
  EXPECT_EQ(service_->get(acme_, "main")->delivered_seq, Seq{10})
      << service_->get(acme_, "main")->reason;
  const auto after = lab_.list(bucket);
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i].key.ends_with("/heartbeat.json")) continue;  // the one that is written again
    EXPECT_EQ(after[i].modified, before[i].modified) << after[i].key;
  }
  EXPECT_EQ(delivered(bucket), trail_.lines(acme_));
}

}  // namespace
}  // namespace trailkeeper::deliver
