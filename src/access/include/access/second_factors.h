#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/sealer.h"
#include "settings/second_factors.h"

namespace trailkeeper::access {

inline constexpr std::size_t kRecoveryCodes = 10;
// How long a secret waits for the first code.
inline constexpr std::chrono::minutes kSecondFactorWaits{15};

// When people who sign in by password need a second factor.
enum class SecondFactorRule { optional, operators, everyone };

// The second factor of people: codes of an authenticator (RFC 6238) and ten codes for the day it
// is lost, each good once. Secrets are sealed for their row, recovery codes are kept as hashes.
// Each call is a part of its caller's transaction. Thread-safe.
class SecondFactors {
 public:
  // Authenticators follow the wall clock, whatever the business clock says.
  SecondFactors(const crypto::Sealer& sealer, const Clock& wall) : sealer_(sealer), wall_(wall) {}

  // A new secret in base32, waiting for confirm(). `conflict` (`second_factor_on`).
  Result<std::string> begin(settings::WriteTx& tx, const Uuid& person, Timestamp now) const;
  // Turns it on and answers the recovery codes, which are shown this once; empty when the code is
  // wrong. `conflict` (`not_begun`) when none waits.
  Result<std::optional<std::vector<std::string>>> confirm(settings::WriteTx& tx, const Uuid& person,
                                                          std::string_view code,
                                                          Timestamp now) const;
  // Uses the code up. "totp" or "recovery_code"; empty when it is wrong or was used before.
  // REQUIRES: the person has a second factor.
  Result<std::optional<std::string>> take(settings::WriteTx& tx, const Uuid& person,
                                          std::string_view code) const;
  // In place of all old ones.
  Result<std::vector<std::string>> renew_codes(settings::WriteTx& tx, const Uuid& person) const;

 private:
  Result<std::optional<std::int64_t>> match(const settings::SecondFactor& factor,
                                            std::string_view code) const;

  const crypto::Sealer& sealer_;
  const Clock& wall_;
};

}  // namespace trailkeeper::access
