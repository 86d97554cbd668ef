#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "crypto/sealer.h"
#include "deliver/deliveries.h"
#include "ledger/ledger.h"
#include "settings/deliveries.h"
#include "testing/fake_bucket.h"
#include "testing/fake_trail.h"
#include "testing/temp_folder.h"

namespace trailkeeper::deliver {

inline Timestamp at(std::string_view text) { return parse_rfc3339(text).value(); }

// What a reader of a bucket finds below a path: every manifest checked against its files, the chain
// and its neighbours.
struct Found {
  std::vector<std::string> lines;         // of all files, in the order of the manifests
  std::vector<std::string> problems;      // empty when everything agrees
  std::vector<std::string> stream_lines;  // of the last stream alone
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  int manifests = 0;
  int empty_windows = 0;
};
Found read_bucket(const std::map<std::string, FakeBuckets::Object>& objects,
                  const std::string& path);

// The service over real settings, with a trail and buckets in memory. restart() is what remains
// after a crash.
class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() {
    open_log();
    restart();
  }
  // The service must be gone before its settings.
  ~DeliveryTest() override { service_.reset(); }

  void restart();
  // The log as it lies in its folder; fed by the trail.
  void open_log();
  std::string manifest_vkey(const OrgId& org) { return log_->log(org)->manifest_vkey; }
  // Makes, grants, validates and activates.
  void connect(const OrgId& org, const std::string& bucket,
               schedule::Frequency frequency = schedule::Frequency::hourly,
               const std::string& id = "main");
  void grant(const OrgId& org, const std::string& bucket, const std::string& id = "main");
  void draft(const OrgId& org, const std::string& bucket,
             schedule::Frequency frequency = schedule::Frequency::hourly,
             const std::string& id = "main", const std::string& path = "in/audit");
  DestinationView view(const OrgId& org, const std::string& id = "main") {
    return service_->get(org, id).value();
  }
  void add_events(const OrgId& org, int count);
  // Lets time pass in steps, so that retries come due.
  void run_until(Timestamp time, Duration by = std::chrono::minutes(16));
  Found found(const std::string& bucket, const std::string& path = "in/audit") {
    return read_bucket(buckets_.objects(bucket), path);
  }

  const OrgId acme_ = *OrgId::parse("acme");
  const OrgId other_ = *OrgId::parse("other");
  settings::TempFolder folder_;
  ManualClock clock_{at("2026-11-22T14:10:00Z")};
  FakeTrail trail_;
  FakeBuckets buckets_;
  Settings settings_{.role_arn = "arn:aws:iam::123456789012:role/vendor/trailkeeper-delivery"};
  std::unique_ptr<metrics::Registry> metrics_;
  crypto::Sealer sealer_ = *crypto::Sealer::from_key(std::string(32, 'k'));
  std::unique_ptr<ledger::Ledger> log_;
  std::uint64_t position_ = 0;
  std::unique_ptr<settings::Store> store_;
  std::unique_ptr<settings::Deliveries> state_;
  std::unique_ptr<Deliveries> service_;
};

}  // namespace trailkeeper::deliver
