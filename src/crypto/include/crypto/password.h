#pragma once

#include <chrono>
#include <semaphore>
#include <string>
#include <string_view>

#include "base/result.h"

namespace trailkeeper::crypto {

// Password hashes by Argon2id (RFC 9106) with 19 MiB and two passes, about 30 ms each. No more than
// a few run at once, so that a flood of sign-ins takes no more memory than that; the others wait.
// Thread-safe.
class PasswordHasher {
 public:
  explicit PasswordHasher(int concurrent_max = 2,
                          std::chrono::milliseconds wait_max = std::chrono::seconds{10});

  // "$argon2id$v=19$..." with its own salt. `invalid` (code `password_length`) when empty or longer
  // than 1024 bytes; `unavailable` (code `busy`) when no turn came in time.
  Result<std::string> hash(std::string_view password);

  // Whether `password` is the one that `encoded` was made of. With an empty `encoded` (nobody of
  // that name) it takes as long and answers false, so that names cannot be guessed by time.
  Result<bool> verify(std::string_view password, std::string_view encoded);

 private:
  std::counting_semaphore<64> turns_;
  const std::chrono::milliseconds wait_max_;
};

}  // namespace trailkeeper::crypto
