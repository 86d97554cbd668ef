#include "crypto/otp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "crypto/hash.h"

namespace trailkeeper::crypto {

namespace {

constexpr std::uint32_t kCodes = 1'000'000;
constexpr std::size_t kDigits = 6;

}  // namespace

std::string hotp(std::string_view secret, std::uint64_t counter) {
  std::array<unsigned char, 8> moving{};
  for (std::size_t i = moving.size(); i-- > 0; counter >>= 8)
    moving[i] = static_cast<unsigned char>(counter & 0xFF);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), moving.data(), moving.size(),
       mac.data(), &size);
  const std::size_t offset = mac[19] & 0x0F;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = (number << 8) | mac[offset + i];
  std::string digits = std::to_string((number & 0x7FFFFFFF) % kCodes);
  return std::string(kDigits - digits.size(), '0') + digits;
}

std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view code,
                                       std::int64_t around, std::int64_t after) {
  std::optional<std::int64_t> found;
  for (std::int64_t step = around - 1; step <= around + 1; ++step) {
    const bool same = constant_time_equal(hotp(secret, static_cast<std::uint64_t>(step)), code);
    if (same && step > after && !found) found = step;
  }
  return found;
}

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = (held << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) out += kLetters[(held >> (bits - 5)) & 31];
    held &= (1u << bits) - 1;
  }
  if (bits > 0) out += kLetters[(held << (5 - bits)) & 31];
  return out;
}

}  // namespace trailkeeper::crypto
