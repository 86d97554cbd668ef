#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// One-time codes of authenticator apps: RFC 4226 (HOTP) and RFC 6238 (TOTP) with HMAC-SHA-1, six
// digits and steps of 30 seconds, which is what all of the apps can do.
namespace trailkeeper::crypto {

inline constexpr std::int64_t kTotpStepSeconds = 30;
inline constexpr std::size_t kTotpSecretBytes = 20;

// The step that a moment lies in.
constexpr std::int64_t totp_step(std::int64_t unix_seconds) {
  return unix_seconds / kTotpStepSeconds;
}

// Six digits.
std::string hotp(std::string_view secret, std::uint64_t counter);

// The step, from `around - 1` to `around + 1` and later than `after`, whose code is `code`; empty
// when there is none. Takes the same time whatever the code is.
std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view code,
                                       std::int64_t around, std::int64_t after);

// RFC 4648 section 6, upper case, without padding: as apps let people type secrets in.
std::string to_base32(std::string_view bytes);

}  // namespace trailkeeper::crypto
