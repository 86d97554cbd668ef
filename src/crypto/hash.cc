#include "crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

namespace trailkeeper::crypto {
namespace {

// Looked up once: fetching an algorithm costs more than hashing a record.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

const EVP_MD* md5_algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "MD5", nullptr);
  return fetched;
}

// These calls fail only without memory, or when the library lacks the algorithm: no work is
// possible then.
void need(int answer) {
  if (answer != 1) std::abort();
}

class Digester {
 public:
  explicit Digester(const EVP_MD* algorithm) : context_(EVP_MD_CTX_new()) {
    need(context_ != nullptr && algorithm != nullptr ? 1 : 0);
    need(EVP_DigestInit_ex2(context_, algorithm, nullptr));
  }
  Digester(const Digester&) = delete;
  Digester& operator=(const Digester&) = delete;
  ~Digester() { EVP_MD_CTX_free(context_); }

  void update(std::string_view data) { need(EVP_DigestUpdate(context_, data.data(), data.size())); }

  template <typename Digest>
  Digest finish() {
    Digest digest;
    need(EVP_DigestFinal_ex(context_, digest.data(), nullptr));
    need(EVP_DigestInit_ex2(context_, nullptr, nullptr));
    return digest;
  }

 private:
  EVP_MD_CTX* context_;
};

Digester& thread_sha256() {
  thread_local Digester digester(sha256_algorithm());
  return digester;
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1) != 0 ? value >> 1 ^ 0xedb88320u : value >> 1;
    table[i] = value;
  }
  return table;
}

}  // namespace

struct Sha256::Context {
  Digester digester{sha256_algorithm()};
};
struct Md5::Context {
  Digester digester{md5_algorithm()};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

Sha256& Sha256::update(std::string_view data) {
  context_->digester.update(data);
  return *this;
}

Sha256Digest Sha256::finish() { return context_->digester.finish<Sha256Digest>(); }

Md5::Md5() : context_(std::make_unique<Context>()) {}
Md5::Md5(Md5&&) noexcept = default;
Md5& Md5::operator=(Md5&&) noexcept = default;
Md5::~Md5() = default;

Md5& Md5::update(std::string_view data) {
  context_->digester.update(data);
  return *this;
}

Md5Digest Md5::finish() { return context_->digester.finish<Md5Digest>(); }

Sha256Digest sha256(std::string_view data) {
  Digester& digester = thread_sha256();
  digester.update(data);
  return digester.finish<Sha256Digest>();
}

Md5Digest md5(std::string_view data) {
  Md5 digester;
  return digester.update(data).finish();
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view data) {
  std::array<std::uint8_t, 64> block{};
  if (key.size() > block.size()) {
    const Sha256Digest short_key = sha256(key);
    std::copy(short_key.begin(), short_key.end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  Digester& digester = thread_sha256();
  for (auto& byte : block) byte ^= 0x36;
  digester.update(as_text(block));
  digester.update(data);
  const Sha256Digest inner = digester.finish<Sha256Digest>();
  for (auto& byte : block) byte ^= 0x36 ^ 0x5c;
  digester.update(as_text(block));
  OPENSSL_cleanse(block.data(), block.size());
  digester.update(as_text(inner));
  return digester.finish<Sha256Digest>();
}

std::string hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info,
                        std::size_t size) {
  if (size > 255 * sizeof(Sha256Digest)) std::abort();
  Sha256Digest extracted = hmac_sha256(salt, key);
  std::string out;
  std::string block;
  for (char counter = 1; out.size() < size; ++counter) {
    const Sha256Digest next =
        hmac_sha256(as_text(extracted), block.append(info).append(1, counter));
    block.assign(as_text(next));
    out.append(block, 0, size - out.size());
  }
  wipe(block);
  OPENSSL_cleanse(extracted.data(), extracted.size());
  return out;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::uint32_t crc32(std::string_view data) {
  static constexpr auto kTable = make_crc_table();
  std::uint32_t value = 0xffffffffu;
  for (const char c : data)
    value = value >> 8 ^ kTable[(value ^ static_cast<std::uint8_t>(c)) & 0xff];
  return ~value;
}

void wipe(std::string& secret) {
  // Its whole memory: a shorter value may have replaced a longer one.
  secret.resize(secret.capacity());
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace trailkeeper::crypto
