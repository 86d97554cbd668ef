#pragma once

#include <optional>
#include <string>
#include <vector>

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

// What statements are about.
struct PolicyPlace {
  std::string partition;
  std::string principal;  // empty: none is named, as in a role's own policy
  std::string bucket;
  std::string path;
};

// Single statements, for "add this": JSON objects.
std::string list_statement(const PolicyPlace& place);
std::string put_statement(const PolicyPlace& place, const std::vector<std::string>& actions);
// Lets uploads in parts that went wrong be taken away; optional.
std::string abort_statement(const PolicyPlace& place);
// For the policy of the key that encrypts the bucket.
std::string key_statement(const PolicyPlace& place);
// For a role's trust policy.
std::string external_id_condition(const std::string& external_id);
// The statements as a policy document.
std::string policy_of(const std::vector<std::string>& statements);
// As bucket_policy(), with the role as principal and the session in a condition, for services and
// tools that do not take sessions as principals.
std::string bucket_policy_by_user_id(const std::string& role_arn, const std::string& session_name,
                                     const PolicyPlace& place);
// Who may assume a customer's role.
std::string trust_policy(const std::string& trusted, const std::string& external_id);

}  // namespace trailkeeper::deliver
