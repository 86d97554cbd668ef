#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/token_key.h"

// What an OpenID Connect provider says about a person (OpenID Connect Core 1.0, RFC 7515, 7517).
namespace trailkeeper::access {

struct ProviderKey {
  std::string id;  // `kid`; may be empty
  crypto::TokenKey key;
};

// A JWK set. Keys of other kinds and uses are left out; `invalid` (`bad_keys`) when none is left or
// it is no such document.
Result<std::vector<ProviderKey>> parse_provider_keys(std::string_view json);

struct IdTokenRules {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  Timestamp now{};  // of the wall clock
};

inline constexpr std::chrono::seconds kTokenSkew{60};

// Claims that count here; what is absent is empty.
struct IdentityClaims {
  std::string subject;
  std::string email;
  bool email_verified = false;
  std::string name;
};

// Checks signature (RS256 or ES256, by the key's own kind), issuer, audience and authorised party,
// times with 60 s of skew, and nonce. `invalid` with code `unknown_key` when no key has the token's
// id, else `bad_token` with the reason, which is for the log.
Result<IdentityClaims> check_id_token(std::string_view token, const std::vector<ProviderKey>& keys,
                                      const IdTokenRules& rules);

// The same claims of a userinfo answer. `invalid` (`bad_token`) unless its subject is `subject`.
Result<IdentityClaims> parse_userinfo(std::string_view json, std::string_view subject);

}  // namespace trailkeeper::access
