#include "crypto/signature.h"

#include "libsodium.h"

namespace trailkeeper::crypto {

Result<SigningKey> SigningKey::from_seed(std::string_view seed) {
  need_sodium();
  if (seed.size() != crypto_sign_SEEDBYTES) {
    return Error{ErrorKind::invalid, "seed_size", "A seed of a signing key has 32 bytes."};
  }
  SigningKey key;
  crypto_sign_seed_keypair(key.public_key_.data(), key.secret_.data(), bytes_of(seed));
  return key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : public_key_(other.public_key_), secret_(other.secret_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  if (this != &other) {
    public_key_ = other.public_key_;
    secret_ = other.secret_;
    sodium_memzero(other.secret_.data(), other.secret_.size());
  }
  return *this;
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

Signature SigningKey::sign(std::string_view message) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, bytes_of(message), message.size(),
                       secret_.data());
  return signature;
}

bool verify(std::string_view key, std::string_view message, std::string_view signature) {
  need_sodium();
  if (key.size() != crypto_sign_PUBLICKEYBYTES || signature.size() != crypto_sign_BYTES)
    return false;
  return crypto_sign_verify_detached(bytes_of(signature), bytes_of(message), message.size(),
                                     bytes_of(key)) == 0;
}

}  // namespace trailkeeper::crypto
