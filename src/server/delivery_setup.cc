#include "delivery_setup.h"

#include <cstdlib>

#include "s3/cloud_credentials.h"

namespace trailkeeper::server {

deliver::Settings delivery_settings(const Config& config, std::string staging_folder,
                                    const access::Orgs& orgs) {
  deliver::Settings settings;
  settings.staging_folder = std::move(staging_folder);
  settings.role_arn = config.s3.role_arn;
  settings.enabled = [&orgs](const OrgId& id) {
    const auto org = orgs.find(id);
    return org && org->entitlements.s3;
  };
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
