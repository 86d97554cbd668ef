#pragma once

#include <array>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/hash.h"

// Tokens that open something: 256 random bits, kept as SHA-256.
namespace trailkeeper::access {

inline constexpr std::size_t kTokenBytes = 32;
inline constexpr std::size_t kTokenSize = 43;  // in base64url

inline std::string new_token() {
  std::array<std::uint8_t, kTokenBytes> random{};
  fill_random(random.data(), random.size());
  return to_base64url(as_text(random));
}

// A link that was used, replaced or has expired, or never was: nobody learns which.
inline Error link_not_valid() {
  return {ErrorKind::not_found, "link_not_valid",
          "This link is not valid any more: it was used, replaced, or has expired."};
}

}  // namespace trailkeeper::access
