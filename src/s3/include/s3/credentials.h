#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "s3/sigv4.h"

// Where the vendor's own AWS credentials come from.
namespace trailkeeper::s3 {

// Thread-safe. Errors: `not_found` code `no_credentials` when this source holds none; `failed` when
// it is unreadable.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  // Valid at the time of the call; may block for a request.
  virtual Result<Credentials> get() = 0;
};

class StaticCredentials final : public CredentialsProvider {
 public:
  explicit StaticCredentials(Credentials credentials) : credentials_(std::move(credentials)) {}
  Result<Credentials> get() override;

 private:
  const Credentials credentials_;
};

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, when set, AWS_SESSION_TOKEN; read at each call.
class EnvironmentCredentials final : public CredentialsProvider {
 public:
  Result<Credentials> get() override;
};

// The shared credentials file of the AWS tools: [profile] sections with aws_access_key_id,
// aws_secret_access_key and aws_session_token. Read at each call, so that a rotated key is taken
// up.
class FileCredentials final : public CredentialsProvider {
 public:
  FileCredentials(std::string path, std::string profile)
      : path_(std::move(path)), profile_(std::move(profile)) {}
  Result<Credentials> get() override;

 private:
  const std::string path_;
  const std::string profile_;
};

// The first of several that holds some.
class CredentialsChain final : public CredentialsProvider {
 public:
  explicit CredentialsChain(std::vector<std::unique_ptr<CredentialsProvider>> providers)
      : providers_(std::move(providers)) {}
  Result<Credentials> get() override;

 private:
  const std::vector<std::unique_ptr<CredentialsProvider>> providers_;
};

}  // namespace trailkeeper::s3
