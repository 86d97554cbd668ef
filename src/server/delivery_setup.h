#pragma once

#include <memory>

#include "deliver/deliveries.h"
#include "s3/credentials.h"
#include "server/config.h"

namespace trailkeeper::server {

// What the configuration says about deliveries, in the services' own words.
deliver::Settings delivery_settings(const Config& config, std::string staging_folder);

// The vendor's own AWS credentials: those of the configuration, of the environment, of the file of
// the AWS tools.
std::unique_ptr<s3::CredentialsProvider> vendor_credentials(const S3Config& config);

}  // namespace trailkeeper::server
