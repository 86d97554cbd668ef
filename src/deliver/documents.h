#pragma once

#include <string>
#include <vector>

#include "deliver/deliveries.h"

namespace trailkeeper::deliver {

struct SetupValues {
  std::string partition;
  std::string bucket;
  std::string path;
  std::string region;
  std::string endpoint;   // empty: AWS
  std::string principal;  // of the bucket policy
  std::string role_arn;
  std::string session_name;
  // With a role of the customer: its trust policy names these.
  bool customer_role = false;
  std::string trusted;
  std::string external_id;
};

// What the bucket's owner has to set up, with their own values, in each of the ways they may set
// things up.
std::vector<SetupDocument> setup_documents(const SetupValues& values);

}  // namespace trailkeeper::deliver
