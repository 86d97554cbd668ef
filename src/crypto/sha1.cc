#include "crypto/sha1.h"

#include <openssl/evp.h>

#include <cstdlib>

namespace trailkeeper::crypto {

std::array<std::uint8_t, 20> sha1(std::string_view data) {
  std::array<std::uint8_t, 20> digest{};
  // Fails only without memory, or when the library lacks the algorithm.
  if (EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1)
    std::abort();
  return digest;
}

}  // namespace trailkeeper::crypto
