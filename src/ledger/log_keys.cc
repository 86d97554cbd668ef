#include "log_keys.h"

#include "base/ids.h"
#include "crypto/hash.h"

namespace trailkeeper::ledger {
namespace {

constexpr std::size_t kSeedSize = 32;
constexpr std::size_t kNameCharacters = 26;  // of base32: 130 bits
constexpr crypto::SealedPlace kPlace{"ledger.meta", "value", "master_seed"};

std::string_view label(MasterSeed::Use use) {
  return use == MasterSeed::Use::checkpoints ? "trailkeeper log checkpoints ed25519 v1"
                                             : "trailkeeper log manifests ed25519 v1";
}

}  // namespace

MasterSeed MasterSeed::make() {
  std::string bytes(kSeedSize, '\0');
  fill_random(bytes.data(), bytes.size());
  return MasterSeed(std::move(bytes));
}

Result<MasterSeed> MasterSeed::open(const crypto::Sealer& sealer, std::string_view sealed) {
  return MasterSeed(TRY(sealer.open(kPlace, sealed)));
}

MasterSeed::~MasterSeed() { crypto::wipe(bytes_); }

std::string MasterSeed::seal(const crypto::Sealer& sealer) const {
  return sealer.seal(kPlace, bytes_);
}

crypto::SigningKey MasterSeed::key(Use use, std::string_view log_name, std::uint32_t epoch) const {
  const std::string salt = std::string(log_name) + "#" + std::to_string(epoch);
  std::string seed = crypto::hkdf_sha256(bytes_, salt, label(use), kSeedSize);
  crypto::SigningKey key = *crypto::SigningKey::from_seed(seed);
  crypto::wipe(seed);
  return key;
}

void give_name(LogRow& log, const std::string& log_origin) {
  log.name = random_base32(kNameCharacters);
  log.origin = log_origin + "/log/" + log.name;
}

std::string vkey(const std::string& origin, const crypto::SigningKey& key) {
  return merkle::VerifierKey::make(origin, merkle::KeyType::ed25519, key.public_key())->vkey();
}

}  // namespace trailkeeper::ledger
