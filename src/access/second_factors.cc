#include "access/second_factors.h"

#include <array>
#include <chrono>
#include <utility>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "crypto/otp.h"

namespace trailkeeper::access {

namespace {

using settings::SecondFactor;
using settings::WriteTx;

// Four groups of four: 80 bits, which no dictionary and no machine goes through.
constexpr std::size_t kCodeLetters = 16;
constexpr std::size_t kGroup = 4;

crypto::SealedPlace place_of(const std::string& person) {
  return {.table = "second_factors", .column = "secret", .row = person};
}

std::string grouped(const std::string& letters) {
  std::string out;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (i > 0 && i % kGroup == 0) out += '-';
    out += letters[i];
  }
  return out;
}

// As somebody types it: capitals, spaces and hyphens do not count.
std::string plain(std::string_view code) {
  std::string out;
  for (const char c : code) {
    if (c == '-' || c == ' ') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

Sha256Digest hash_of(const Uuid& person, const std::string& letters) {
  return crypto::sha256("trailkeeper recovery code v1\n" + person.str() + "\n" + letters);
}

}  // namespace

Result<std::string> SecondFactors::begin(WriteTx& tx, const Uuid& person, Timestamp now) const {
  const auto present = TRY(settings::find_second_factor(tx, person));
  if (present && present->confirmed_at) {
    return Error{ErrorKind::conflict, "second_factor_on", "A second factor is on already."};
  }
  std::array<char, crypto::kTotpSecretBytes> random{};
  fill_random(random.data(), random.size());
  std::string secret(random.data(), random.size());
  const std::string row = person.str();
  TRY(settings::put_second_factor(
      tx, {.person = person, .secret = sealer_.seal(place_of(row), secret), .begun_at = now}));
  std::string shown = crypto::to_base32(secret);
  crypto::wipe(secret);
  return shown;
}

Result<std::optional<std::int64_t>> SecondFactors::match(const SecondFactor& factor,
                                                         std::string_view code) const {
  const std::string row = factor.person.str();
  std::string secret = TRY(sealer_.open(place_of(row), factor.secret));
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(wall_.now().time_since_epoch()).count();
  const auto step = crypto::match_totp(secret, code, crypto::totp_step(seconds), factor.last_step);
  crypto::wipe(secret);
  return step;
}

Result<std::optional<std::vector<std::string>>> SecondFactors::confirm(WriteTx& tx,
                                                                       const Uuid& person,
                                                                       std::string_view code,
                                                                       Timestamp now) const {
  auto factor = TRY(settings::find_second_factor(tx, person));
  if (!factor || factor->confirmed_at || now - factor->begun_at >= kSecondFactorWaits) {
    return Error{ErrorKind::conflict, "not_begun",
                 "No second factor waits to be confirmed. Begin again."};
  }
  const auto step = TRY(match(*factor, plain(code)));
  if (!step) return std::optional<std::vector<std::string>>{};
  factor->confirmed_at = now;
  factor->last_step = *step;
  TRY(settings::put_second_factor(tx, *factor));
  return std::optional(TRY(renew_codes(tx, person)));
}

Result<std::optional<std::string>> SecondFactors::take(WriteTx& tx, const Uuid& person,
                                                       std::string_view code) const {
  const std::string typed = plain(code);
  if (typed.size() == kCodeLetters) {
    if (TRY(settings::take_recovery_code(tx, person, hash_of(person, typed))))
      return std::optional<std::string>("recovery_code");
    return std::optional<std::string>{};
  }
  auto factor = TRY(settings::find_second_factor(tx, person));
  if (!factor || !factor->confirmed_at) return std::optional<std::string>{};
  const auto step = TRY(match(*factor, typed));
  if (!step) return std::optional<std::string>{};
  factor->last_step = *step;
  TRY(settings::put_second_factor(tx, *factor));
  return std::optional<std::string>("totp");
}

Result<std::vector<std::string>> SecondFactors::renew_codes(WriteTx& tx, const Uuid& person) const {
  std::vector<std::string> codes;
  std::vector<Sha256Digest> hashes;
  while (codes.size() < kRecoveryCodes) {
    const std::string letters = random_base32(kCodeLetters);
    codes.push_back(grouped(letters));
    hashes.push_back(hash_of(person, letters));
  }
  TRY(settings::put_recovery_codes(tx, person, hashes));
  return codes;
}

}  // namespace trailkeeper::access
