#include <cstdint>
#include <string>

#include "access/keys.h"
#include "crypto/hash.h"

namespace trailkeeper::access {

namespace {

constexpr std::string_view kPrefix = "tk_";
constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandomSize = 30;
constexpr std::size_t kChecksumSize = 6;

std::string checksum(std::string_view random) {
  std::uint32_t rest = crypto::crc32(random);
  std::string digits(kChecksumSize, kDigits[0]);
  for (std::size_t i = kChecksumSize; i-- > 0; rest /= kDigits.size())
    digits[i] = kDigits[rest % kDigits.size()];
  return digits;
}

}  // namespace

std::string make_key_text() {
  const std::string random = random_base62(kRandomSize);
  return std::string(kPrefix) + random + checksum(random);
}

bool looks_like_key(std::string_view text) {
  if (text.size() != kPrefix.size() + kRandomSize + kChecksumSize || !text.starts_with(kPrefix))
    return false;
  const std::string_view random = text.substr(kPrefix.size(), kRandomSize);
  if (random.find_first_not_of(kDigits) != std::string_view::npos) return false;
  return text.substr(kPrefix.size() + kRandomSize) == checksum(random);
}

}  // namespace trailkeeper::access
