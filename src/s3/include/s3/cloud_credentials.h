#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "httpc/client.h"
#include "s3/credentials.h"

// Credentials that the machine, the container or the cluster we run in hands out for a while.
namespace trailkeeper::s3 {

// Keeps what fetch() brought until 80% of its life is over; then, while a renewal fails, until it
// ends. Thread-safe.
class TemporaryCredentials : public CredentialsProvider {
 public:
  explicit TemporaryCredentials(const Clock& wall) : wall_(wall) {}
  Result<Credentials> get() override;

 protected:
  virtual Result<Credentials> fetch() = 0;
  const Clock& wall_;

 private:
  Mutex mutex_;
  std::optional<Credentials> kept_ GUARDED_BY(mutex_);
  Timestamp renew_at_ GUARDED_BY(mutex_){};
  std::optional<Error> refused_ GUARDED_BY(mutex_);
};

// The instance metadata service of EC2, version 2 (with a session token). Where nothing answers
// there are `no_credentials`.
class InstanceCredentials final : public TemporaryCredentials {
 public:
  InstanceCredentials(httpc::Client& http, const Clock& wall,
                      std::string origin = "http://169.254.169.254");

 private:
  Result<Credentials> fetch() override;

  httpc::Client& http_;
  const std::string origin_;
};

// ECS and EKS Pod Identity: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI, with
// AWS_CONTAINER_AUTHORIZATION_TOKEN or _TOKEN_FILE. A full URI must be https, loopback or the
// container hosts' own address.
class ContainerCredentials final : public TemporaryCredentials {
 public:
  ContainerCredentials(httpc::Client& http, const Clock& wall);

 private:
  Result<Credentials> fetch() override;

  httpc::Client& http_;
};

// A role assumed with a token of the cluster: AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN,
// AWS_ROLE_SESSION_NAME and the region's STS.
class WebIdentityCredentials final : public TemporaryCredentials {
 public:
  // `sts_origin` empty: AWS' of AWS_REGION.
  WebIdentityCredentials(httpc::Client& http, const Clock& wall, std::string sts_origin = "");

 private:
  Result<Credentials> fetch() override;

  httpc::Client& http_;
  const std::string sts_origin_;
};

// The order of the AWS tools: environment, web identity, `file` (when named), container, instance.
std::unique_ptr<CredentialsProvider> usual_credentials(httpc::Client& http, const Clock& wall,
                                                       const std::string& file,
                                                       const std::string& profile);

}  // namespace trailkeeper::s3
