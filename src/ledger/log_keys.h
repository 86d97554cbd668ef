#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/sealer.h"
#include "crypto/signature.h"
#include "merkle/note.h"
#include "tables.h"

namespace trailkeeper::ledger {

// The secret from which the keys of all logs follow. Move-only; wiped when it goes. Thread-safe.
class MasterSeed {
 public:
  // 32 random bytes.
  static MasterSeed make();
  static Result<MasterSeed> open(const crypto::Sealer& sealer, std::string_view sealed);
  MasterSeed(MasterSeed&&) noexcept = default;
  MasterSeed& operator=(MasterSeed&&) noexcept = default;
  ~MasterSeed();

  std::string seal(const crypto::Sealer& sealer) const;

  enum class Use { checkpoints, manifests };
  // HKDF-SHA256 over the log's name and epoch, with a label for each use: one key leads to no
  // other, and the same log has the same keys for ever.
  crypto::SigningKey key(Use use, std::string_view log_name, std::uint32_t epoch) const;

 private:
  explicit MasterSeed(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

// A random name and the origin that follows from it.
void give_name(LogRow& log, const std::string& log_origin);

// Of `key`, under the name `origin`.
std::string vkey(const std::string& origin, const crypto::SigningKey& key);

}  // namespace trailkeeper::ledger
