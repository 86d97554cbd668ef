#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "httpc/client.h"
#include "httpc/resolve.h"
#include "s3/credentials.h"
#include "s3/failure.h"

namespace trailkeeper::s3 {

struct RoleRequest {
  std::string sts_endpoint;  // scheme://host[:port]; empty: AWS' regional one
  std::string region;
  std::string role_arn;
  std::string session_name;
  std::string external_id;     // may be empty
  std::string session_policy;  // JSON; narrows what the role allows; may be empty
  std::chrono::seconds duration{3600};
  friend auto operator<=>(const RoleRequest&, const RoleRequest&) = default;
};

// STS AssumeRole, with sessions kept and renewed at 80% of their life. Thread-safe; what it is
// given outlives it.
class RoleSessions {
 public:
  RoleSessions(httpc::Client& http, httpc::AddressPolicy addresses, CredentialsProvider& base,
               const Clock& wall);

  // Kept ones when they are fresh enough, else new ones. `stop` ends the call.
  Outcome<Credentials> get(const RoleRequest& request, const std::stop_token& stop = {});
  // New ones in any case.
  Outcome<Credentials> renew(const RoleRequest& request, const std::stop_token& stop = {});

 private:
  struct Session {
    Credentials credentials;
    Timestamp renew_at;
  };
  Outcome<Credentials> assume(const RoleRequest& request, const std::stop_token& stop);

  httpc::Client& http_;
  const httpc::AddressPolicy addresses_;
  CredentialsProvider& base_;
  const Clock& wall_;
  Mutex mutex_;
  std::map<RoleRequest, Session> sessions_ GUARDED_BY(mutex_);
};

// A session policy that allows no more than ListBucket of the prefix and PutObject, PutObjectAcl
// and AbortMultipartUpload below it. `prefix` ends with a slash.
std::string prefix_policy(const std::string& partition, const std::string& bucket,
                          const std::string& prefix);

}  // namespace trailkeeper::s3
