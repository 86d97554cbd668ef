#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "access/id_token.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "httpc/client.h"
#include "httpc/resolve.h"

namespace trailkeeper::access {

// What a provider says of itself (OpenID Connect Discovery 1.0).
struct ProviderMetadata {
  std::string issuer;
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string userinfo_endpoint{};
  std::string jwks_uri;
  bool secret_in_header = true;  // client_secret_basic; else client_secret_post
  bool names_itself = false;     // RFC 9207: every answer has `iss`
};

// What the authorisation code was exchanged for.
struct ProviderTokens {
  std::string id_token;
  std::string access_token;
};

// Talks to providers: https only, no redirects, small answers, few at once, private addresses only
// where the operator allows the host (then http too). What they say of themselves is kept for an
// hour. Thread-safe; calls block for seconds at most. All errors are `unavailable`
// (`provider_unavailable`) or `invalid` (`bad_provider`) with the reason.
class Providers {
 public:
  struct Options {
    std::vector<std::string> private_hosts;  // lower case, without a port
  };

  Providers(httpc::Client& client, const Clock& wall, Options options)
      : client_(client), wall_(wall), options_(std::move(options)) {}

  // Reads it anew with `fresh`.
  Result<ProviderMetadata> metadata(const std::string& issuer, bool fresh = false);
  // Reads them anew with `fresh`, unless that was done a few seconds ago.
  Result<std::vector<ProviderKey>> keys(const ProviderMetadata& provider, bool fresh);
  // `form` is the body but for the client; `secret` may be empty.
  Result<ProviderTokens> exchange(const ProviderMetadata& provider, std::string form,
                                  const std::string& client_id, const std::string& secret);
  Result<std::string> userinfo(const ProviderMetadata& provider, const std::string& access_token);

 private:
  template <typename T>
  struct Kept {
    std::string name;
    T value;
    Timestamp at{};
  };
  Result<std::string> send(httpc::Request request);

  httpc::Client& client_;
  const Clock& wall_;
  const Options options_;
  Mutex mutex_;
  int running_ GUARDED_BY(mutex_) = 0;
  std::vector<Kept<ProviderMetadata>> metadata_ GUARDED_BY(mutex_);
  std::vector<Kept<std::vector<ProviderKey>>> keys_ GUARDED_BY(mutex_);
};

// For a form or a query (RFC 3986: everything but unreserved characters is escaped).
std::string form_escaped(std::string_view text);

}  // namespace trailkeeper::access
