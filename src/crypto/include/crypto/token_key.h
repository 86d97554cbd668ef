#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace trailkeeper::crypto {

// A public key that signs tokens of other parties (RFC 7518): RS256 with RSA of 2,048 to 8,192
// bits, or ES256 with P-256. Immutable, so thread-safe; copies share.
class TokenKey {
 public:
  enum class Algorithm { rs256, es256 };

  // Modulus and exponent, big endian, as in a JWK. `invalid` (code `bad_key`).
  static Result<TokenKey> rsa(std::string_view modulus, std::string_view exponent);
  // Both coordinates have 32 bytes. `invalid` (code `bad_key`), also for what is no point of the
  // curve.
  static Result<TokenKey> p256(std::string_view x, std::string_view y);

  Algorithm algorithm() const { return algorithm_; }
  // `signature` as it stands in a JWS: for ES256 the 64 bytes of R and S.
  bool verify(std::string_view message, std::string_view signature) const;

 private:
  struct Key;
  TokenKey(Algorithm algorithm, std::shared_ptr<const Key> key)
      : algorithm_(algorithm), key_(std::move(key)) {}

  Algorithm algorithm_;
  std::shared_ptr<const Key> key_;
};

}  // namespace trailkeeper::crypto
