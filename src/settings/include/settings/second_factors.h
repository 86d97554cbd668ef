#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// The authenticator of a person (RFC 6238). One that was never confirmed counts for nothing.
struct SecondFactor {
  Uuid person;
  std::string secret;  // sealed
  Timestamp begun_at{};
  std::optional<Timestamp> confirmed_at{};
  std::int64_t last_step = 0;  // the latest time step whose code was taken: none is taken twice
};

Result<std::optional<SecondFactor>> find_second_factor(const ReadTx& tx, const Uuid& person);
// Whether one is confirmed.
Result<bool> has_second_factor(const ReadTx& tx, const Uuid& person);
Result<> put_second_factor(WriteTx& tx, const SecondFactor& factor);
// With its recovery codes.
Result<> remove_second_factor(WriteTx& tx, const Uuid& person);

// Replaces all.
Result<> put_recovery_codes(WriteTx& tx, const Uuid& person,
                            const std::vector<Sha256Digest>& hashes);
// True when there was one: it is gone now.
Result<bool> take_recovery_code(WriteTx& tx, const Uuid& person, const Sha256Digest& hash);
Result<std::uint64_t> count_recovery_codes(const ReadTx& tx, const Uuid& person);

}  // namespace trailkeeper::settings
