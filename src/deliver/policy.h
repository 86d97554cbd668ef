#pragma once

#include <optional>
#include <string>

namespace trailkeeper::deliver {

// arn:<partition>:iam::<account>:role/<path and name>.
struct RoleArn {
  std::string partition;
  std::string account;
  std::string name;  // without its path
};
std::optional<RoleArn> parse_role_arn(const std::string& arn);

// The principal of one session of the role, as a bucket policy names it:
// arn:<partition>:sts::<account>:assumed-role/<name>/<session>.
std::string session_principal(const RoleArn& role, const std::string& session_name);

// What the bucket's owner puts on the bucket, as a JSON object: list below the path, put and its
// ACL below the path.
std::string bucket_policy(const std::string& partition, const std::string& principal,
                          const std::string& bucket, const std::string& path);

}  // namespace trailkeeper::deliver
