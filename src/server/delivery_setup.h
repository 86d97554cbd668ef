#pragma once

#include <memory>

#include "access/orgs.h"
#include "adapters.h"
#include "data_folder.h"
#include "deliver/deliveries.h"
#include "httpc/client.h"
#include "ingest/registry.h"
#include "notify/mails.h"
#include "packs/packs.h"
#include "packs/sftp.h"
#include "s3/credentials.h"
#include "server/config.h"

namespace trailkeeper::server {

// What goes to customers, put together as the configuration says: deliveries and data packs.
// Nothing is sent for an org while its entitlement is off.
class DeliverySetup {
 public:
  // All of them outlive it.
  struct Parts {
    const Config& config;
    const DataFolder& folder;
    const crypto::Sealer& sealer;
    settings::Store& settings;
    settings::Deliveries& kept;
    journal::Journal& journal;
    ledger::Ledger& ledger;
    events::EventStore& store;
    const access::Orgs& orgs;
    const ingest::Registry& registry;  // explains the actions to those who read the bucket
    notify::Mails& mails;              // tells admins
    const Clock& clock;
    const Clock& wall;
    metrics::Registry& metrics;
  };
  explicit DeliverySetup(const Parts& parts);

  void start();
  void stop();

  deliver::Deliveries& deliveries() const { return *deliveries_; }
  packs::Packs& packs() const { return *packs_; }
  packs::SftpDestinations& sftp() { return sftp_; }
  const deliver::Settings& settings() const { return settings_; }

 private:
  packs::Settings pack_settings(const Parts& parts);

  httpc::Client s3_client_;
  httpc::Client source_client_;
  StoreRecords records_;
  JournalCuts cuts_;
  std::unique_ptr<s3::CredentialsProvider> credentials_;
  const deliver::Settings settings_;
  std::unique_ptr<deliver::ObjectSink> sink_;
  std::unique_ptr<deliver::Deliveries> deliveries_;
  packs::SftpDestinations sftp_;
  std::unique_ptr<packs::Packs> packs_;
};

}  // namespace trailkeeper::server
