#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

// Digests and what is made of them. All functions may be called from any thread and cannot fail.
namespace trailkeeper::crypto {

using Md5Digest = std::array<std::uint8_t, 16>;

Sha256Digest sha256(std::string_view data);

// SHA-256 of what arrives in pieces. For one thread at a time; move-only.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  Sha256& update(std::string_view data);
  // Digest of everything since the last finish(); starts anew.
  Sha256Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// MD5, not for security: S3 answers it as the ETag of a plain object.
Md5Digest md5(std::string_view data);
class Md5 {
 public:
  Md5();
  Md5(Md5&&) noexcept;
  Md5& operator=(Md5&&) noexcept;
  ~Md5();
  Md5& update(std::string_view data);
  Md5Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// RFC 2104 with SHA-256.
Sha256Digest hmac_sha256(std::string_view key, std::string_view data);

// RFC 5869 with SHA-256. REQUIRES: size <= 8160.
std::string hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info,
                        std::size_t size);

// Takes the same time wherever they differ; the sizes are no secret.
bool constant_time_equal(std::string_view a, std::string_view b);

// CRC-32 of IEEE 802.3 (as in gzip): finds typing mistakes in keys, no forgery.
std::uint32_t crc32(std::string_view data);

// Overwrites a secret so that it does not stay in memory, then empties it.
void wipe(std::string& secret);

}  // namespace trailkeeper::crypto
