#include "delivery_setup.h"

#include <cstdlib>

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

}  // namespace

deliver::Settings delivery_settings(const Config& config, std::string staging_folder,
                                    const access::Orgs& orgs, const ingest::Registry& registry,
                                    notify::Mails& mails) {
  deliver::Settings settings;
  settings.staging_folder = std::move(staging_folder);
  settings.role_arn = config.s3.role_arn;
  settings.enabled = [&orgs](const OrgId& id) {
    const auto org = orgs.find(id);
    return org && org->entitlements.s3;
  };
  settings.retention_days = [&orgs](const OrgId& id) -> std::optional<int> {
    const auto org = orgs.find(id);
    if (!org) return std::nullopt;
    return static_cast<int>(org->retention_days);
  };
  settings.tell = [&mails](settings::WriteTx& tx, const deliver::Notice& notice) {
    return mails.delivery_news(tx, notice.org, notice.destination,
                               {.works_again = notice.works_again,
                                .org_name = "",
                                .place = notice.place,
                                .reason = notice.reason,
                                .remedy = notice.remedy,
                                .since = notice.since,
                                .data_lost_from = notice.data_lost_from});
  };
  settings.catalog = [&registry](const OrgId&) { return catalog_of(registry); };
  settings.trust_principal = config.s3.trust_principal;
  settings.part_bytes = config.delivery.part_bytes;
  if (!config.s3.regions.empty()) settings.regions = config.s3.regions;
  for (const std::string& url : config.s3.endpoints) {
    settings.endpoints.push_back({url, config.s3.sts_endpoint, config.s3.endpoint_region});
  }
  settings.workers = config.delivery.workers;
  settings.split_bytes = config.delivery.split_bytes;
  settings.retry_max = std::chrono::seconds(config.delivery.retry_seconds_max);
  settings.probe_interval = std::chrono::seconds(config.delivery.probe_seconds);
  return settings;
}

packs::Settings pack_settings(const Config& config, std::string staging_folder,
                              const deliver::Settings& delivery, const access::Orgs& orgs,
                              packs::MakeSource make_source, packs::MakeSftpSink sftp) {
  packs::Settings settings;
  settings.staging_folder = std::move(staging_folder);
  settings.part_bytes = config.delivery.part_bytes;
  settings.retry_max = delivery.retry_max;
  settings.probe_interval = delivery.probe_interval;
  settings.make_source = std::move(make_source);
  settings.sftp = std::move(sftp);
  settings.enabled = [&orgs](const OrgId& id) {
    const auto org = orgs.find(id);
    return org && org->entitlements.data_packs;
  };
  settings.tell = delivery.tell;
  settings.delivery = delivery;
  return settings;
}

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

}  // namespace trailkeeper::server
