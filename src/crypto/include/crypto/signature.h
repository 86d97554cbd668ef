#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"

// Ed25519 (RFC 8032).
namespace trailkeeper::crypto {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

// A private key; wiped when it goes. Thread-safe after it is made; move-only.
class SigningKey {
 public:
  // `seed`: 32 secret bytes; the same seed gives the same key. `invalid` at another size.
  static Result<SigningKey> from_seed(std::string_view seed);
  SigningKey(SigningKey&& other) noexcept;
  SigningKey& operator=(SigningKey&& other) noexcept;
  ~SigningKey();

  const PublicKey& public_key() const { return public_key_; }
  Signature sign(std::string_view message) const;

 private:
  SigningKey() = default;
  PublicKey public_key_{};
  std::array<std::uint8_t, 64> secret_{};
};

// Whether `signature` (64 bytes) was made by the owner of `key` (32 bytes); false at other sizes.
bool verify(std::string_view key, std::string_view message, std::string_view signature);

}  // namespace trailkeeper::crypto
