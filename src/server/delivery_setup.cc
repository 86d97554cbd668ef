#include "delivery_setup.h"

#include <cstdlib>

#include "deliver/s3_sink.h"
#include "ledger/ledger.h"
#include "locations.h"
#include "packs/sources.h"
#include "s3/cloud_credentials.h"

namespace trailkeeper::server {
namespace {

Result<std::vector<deliver::CatalogAction>> catalog_of(const ingest::Registry& registry) {
  std::vector<deliver::CatalogAction> actions;
  for (const ingest::RegisteredActionPtr& each : registry.list()) {
    const settings::Action& action = each->action;
    if (action.removed) continue;
    actions.push_back({action.action, action.label.value_or(""), action.area.value_or(""),
                       action.category.value_or(""), action.crud.value_or(""), action.description});
  }
  return actions;
}

deliver::Settings settings_of(const DeliverySetup::Parts& parts) {
  const Config& config = parts.config;
  deliver::Settings settings;
  settings.staging_folder = parts.folder.file("staging");
  settings.role_arn = config.s3.role_arn;
  settings.enabled = [&orgs = parts.orgs](const OrgId& id) {
    const auto org = orgs.find(id);
    return org && org->entitlements.s3;
  };
  settings.retention_days = [&orgs = parts.orgs](const OrgId& id) -> std::optional<int> {
    const auto org = orgs.find(id);
    if (!org) return std::nullopt;
    return static_cast<int>(org->retention_days);
  };
  settings.tell = [&mails = parts.mails](settings::WriteTx& tx, const deliver::Notice& notice) {
    return mails.delivery_news(tx, notice.org, notice.destination,
                               {.works_again = notice.works_again,
                                .org_name = "",
                                .place = notice.place,
                                .reason = notice.reason,
                                .remedy = notice.remedy,
                                .since = notice.since,
                                .data_lost_from = notice.data_lost_from,
                                .data_packs = notice.destination == "data packs"});
  };
  settings.catalog = [&registry = parts.registry](const OrgId&) { return catalog_of(registry); };
  settings.trust_principal = config.s3.trust_principal;
  settings.part_bytes = config.delivery.part_bytes;
  if (!config.s3.regions.empty()) settings.regions = config.s3.regions;
  for (const std::string& url : config.s3.endpoints) {
    settings.endpoints.push_back({url, config.s3.sts_endpoint, config.s3.endpoint_region});
  }
  settings.workers = config.delivery.workers;
  settings.slow_workers = config.delivery.slow_workers;
  settings.split_bytes = config.delivery.split_bytes;
  settings.retry_max = std::chrono::seconds(config.delivery.retry_seconds_max);
  settings.probe_interval = std::chrono::seconds(config.delivery.probe_seconds);
  return settings;
}

// The vendor's own AWS credentials: those of the configuration, else where the AWS tools look for
// them: environment, web identity, file, container, instance.
std::unique_ptr<s3::CredentialsProvider> vendor_credentials(const S3Config& config,
                                                            httpc::Client& http,
                                                            const Clock& wall) {
  if (!config.access_key_id.empty()) {
    return std::make_unique<s3::StaticCredentials>(s3::Credentials{
        config.access_key_id, config.secret_access_key, config.session_token, std::nullopt});
  }
  std::string file = config.credentials_file;
  if (file.empty()) {
    if (const char* home = std::getenv("HOME")) file = std::string(home) + "/.aws/credentials";
  }
  return s3::usual_credentials(http, wall, file, config.profile);
}

}  // namespace

DeliverySetup::DeliverySetup(const Parts& parts)
    : records_(parts.store, parts.journal),
      cuts_(parts.journal, records_),
      credentials_(vendor_credentials(parts.config.s3, s3_client_, parts.wall)),
      settings_(settings_of(parts)),
      sink_(deliver::make_s3_sink(s3_client_, deliver::address_policy(settings_), *credentials_,
                                  parts.wall)),
      deliveries_(deliver::Deliveries::make(settings_, parts.kept, cuts_, records_, *sink_,
                                            parts.ledger, parts.clock, parts.metrics)),
      sftp_(parts.settings, parts.sealer, {.allowed_hosts = parts.config.sftp.private_hosts},
            parts.clock),
      packs_(packs::Packs::make(pack_settings(parts), parts.settings, parts.kept, *sink_,
                                parts.sealer, parts.clock, parts.metrics)) {}

// Data packs go by the rules of deliveries.
packs::Settings DeliverySetup::pack_settings(const Parts& parts) {
  packs::Settings settings;
  settings.staging_folder = parts.folder.file("packs");
  settings.part_bytes = settings_.part_bytes;
  settings.retry_max = settings_.retry_max;
  settings.probe_interval = settings_.probe_interval;
  settings.make_source =
      packs::source_maker(source_client_, location_rules(parts.config, parts.folder));
  settings.watched.folder = parts.config.data_packs.watched_folder;
  settings.watched.pause = std::chrono::seconds(parts.config.data_packs.watch_seconds);
  settings.pull_max = std::chrono::seconds(parts.config.data_packs.read_seconds_max);
  settings.sign = [&ledger = parts.ledger](const OrgId& org, std::string_view type,
                                           std::string_view object) {
    return ledger.sign_document(org, type, object);
  };
  settings.sftp = [this](const OrgId& org) { return sftp_.sink(org); };
  settings.enabled = [&orgs = parts.orgs](const OrgId& id) {
    const auto org = orgs.find(id);
    return org && org->entitlements.data_packs;
  };
  settings.tell = settings_.tell;
  settings.tell_difference = [&mails = parts.mails](settings::WriteTx& tx,
                                                    const packs::DifferenceNotice& notice) {
    return mails.pack_difference(
        tx, notice.org,
        {.org_name = "", .pack = notice.pack, .folder = notice.folder, .what = notice.what});
  };
  settings.workers = parts.config.pack_runs.workers;
  settings.compare_bytes_per_second = parts.config.pack_runs.compare_bytes_per_second;
  settings.delivery = settings_;
  return settings;
}

void DeliverySetup::start() {
  deliveries_->start();
  packs_->start();
}

void DeliverySetup::stop() {
  packs_->stop();
  deliveries_->stop();
}

}  // namespace trailkeeper::server
