#pragma once

#include <semaphore>
#include <string>
#include <string_view>

#include "base/result.h"

namespace trailkeeper::access {

inline constexpr std::size_t kPasswordBytesMin = 8;
inline constexpr std::size_t kPasswordBytesMax = 256;

// Hashing of passwords (Argon2id), of which only a few run at once, so that a storm of sign-ins
// cannot take the memory. Thread-safe; calls take some 50 ms of CPU and wait for their turn.
class Passwords {
 public:
  Passwords();

  // Length and the commonest ones; no rules about characters. `invalid` (code `password_too_short`,
  // `password_too_long`, `password_too_common`) with the pointer `/password`.
  static Result<> check_rules(std::string_view password);

  // `limited` when too many wait.
  Result<std::string> hash(std::string_view password);
  // Whether it is the password of `hash`. With an empty hash (no such person) it takes as long and
  // answers false.
  Result<bool> matches(std::string_view password, const std::string& hash);

 private:
  Result<> enter();

  std::counting_semaphore<> turns_;
  const std::string nobody_;  // hash of a password that nobody knows
};

}  // namespace trailkeeper::access
