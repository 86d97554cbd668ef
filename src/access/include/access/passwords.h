#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/password.h"

namespace trailkeeper::access {

inline constexpr std::size_t kPasswordBytesMin = 8;
inline constexpr std::size_t kPasswordBytesMax = 256;

// Length, and none of the commonest ones; no rules about characters. `invalid` (code
// `password_too_short`, `password_too_long`, `password_too_common`) with the pointer `/password`.
Result<> check_password_rules(std::string_view password);

// Passwords as Argon2id hashes. Thread-safe; calls take some 50 ms of CPU and wait for their turn,
// of which there are few.
class Passwords {
 public:
  Passwords() = default;

  // `unavailable` (`busy`) when too many wait.
  Result<std::string> hash(std::string_view password) { return hasher_.hash(password); }
  // Whether it is the password of `hash`. With an empty hash (no such person) it takes as long and
  // answers false.
  Result<bool> matches(std::string_view password, const std::string& hash);

 private:
  crypto::PasswordHasher hasher_;
};

}  // namespace trailkeeper::access
