#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace trailkeeper::crypto {

// Where a sealed value lives. It opens there and nowhere else, so that rows cannot be swapped in
// the database.
struct SealedPlace {
  std::string_view table;
  std::string_view column;
  std::string_view row;
};

// Encrypts secrets for storage by XChaCha20-Poly1305 under one key of 32 bytes. Thread-safe;
// move-only; the key is wiped when it goes.
class Sealer {
 public:
  // Reads the key file: base64 text of 32 bytes, readable by its owner only (a group may read, as
  // with systemd's credentials). `not_found` when it is not there; `failed` with code `key_file`,
  // and a sentence on what to do.
  static Result<Sealer> read(const std::string& path);
  // Makes a new random key in a new file of mode 0400, durably. An existing file is never replaced:
  // `conflict`, code `key_file_exists`.
  static Result<Sealer> create(const std::string& path);
  // `invalid` unless `key` has 32 bytes.
  static Result<Sealer> from_key(std::string_view key);

  Sealer(Sealer&& other) noexcept;
  Sealer& operator=(Sealer&& other) noexcept;
  ~Sealer();

  // "tks1." and base64 of: key id (4 bytes), nonce (24), ciphertext with its tag.
  std::string seal(const SealedPlace& place, std::string_view secret) const;
  // `failed` with code `sealed_other_key` when another key made it, else `sealed_broken` (altered,
  // or from another place).
  Result<std::string> open(const SealedPlace& place, std::string_view sealed) const;

  // Eight hexadecimal digits that name the key and reveal nothing of it.
  std::string key_id() const;

 private:
  Sealer() = default;
  std::array<std::uint8_t, 32> key_{};
  std::array<std::uint8_t, 4> id_{};
};

}  // namespace trailkeeper::crypto
