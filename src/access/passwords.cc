#include "access/passwords.h"

#include <algorithm>

#include "base/ascii.h"
#include "common_passwords.h"

namespace trailkeeper::access {

namespace {

Error refused(std::string code, std::string detail) {
  return {ErrorKind::invalid, code, detail, {{"/password", code, detail}}};
}

}  // namespace

Result<> check_password_rules(std::string_view password) {
  if (password.size() < kPasswordBytesMin) {
    return refused("password_too_short",
                   "Choose a password of at least 8 characters; 15 or more are better.");
  }
  if (password.size() > kPasswordBytesMax) {
    return refused("password_too_long", "Choose a password of at most 256 bytes.");
  }
  const bool one_character =
      std::all_of(password.begin(), password.end(), [&](char c) { return c == password.front(); });
  if (one_character || is_common_password(lower_ascii(password))) {
    return refused("password_too_common",
                   "This password is among the first that are guessed. Choose another.");
  }
  return {};
}

Result<bool> Passwords::matches(std::string_view password, const std::string& hash) {
  // No password that long was ever accepted; it costs what any wrong one costs.
  if (password.empty() || password.size() > kPasswordBytesMax)
    return hasher_.verify("too long", "");
  return hasher_.verify(password, hash);
}

}  // namespace trailkeeper::access
