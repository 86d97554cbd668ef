#pragma once

#include <memory>

#include "access/orgs.h"
#include "deliver/deliveries.h"
#include "httpc/client.h"
#include "ingest/registry.h"
#include "notify/mails.h"
#include "packs/packs.h"
#include "s3/credentials.h"
#include "server/config.h"

namespace trailkeeper::server {

// What the configuration says about deliveries, in the services' own words. Nothing is sent for an
// org while its S3 entitlement is off. `orgs` must outlive what uses the settings.
// Admins are told through `mails`; `registry` explains the actions to those who read the bucket.
deliver::Settings delivery_settings(const Config& config, std::string staging_folder,
                                    const access::Orgs& orgs, const ingest::Registry& registry,
                                    notify::Mails& mails);

// The same of data packs, which go by the rules of deliveries. `orgs` must outlive what uses them.
packs::Settings pack_settings(const Config& config, std::string staging_folder,
                              const deliver::Settings& delivery, const access::Orgs& orgs,
                              packs::MakeSource make_source, packs::MakeSftpSink sftp);

// The vendor's own AWS credentials: those of the configuration, else where the AWS tools look for
// them: environment, web identity, file, container, instance. `http` and `wall` must outlive it.
std::unique_ptr<s3::CredentialsProvider> vendor_credentials(const S3Config& config,
                                                            httpc::Client& http, const Clock& wall);

}  // namespace trailkeeper::server
