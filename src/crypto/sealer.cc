#include "crypto/sealer.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/file.h"
#include "base/ids.h"
#include "crypto/hash.h"
#include "libsodium.h"

namespace trailkeeper::crypto {
namespace {

constexpr std::string_view kPrefix = "tks1.";
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;

// Every part with its length, so that no two places give the same bytes.
std::string associated_data(const SealedPlace& place) {
  std::string out(kPrefix);
  for (const std::string_view part : {place.table, place.column, place.row}) {
    for (int shift = 56; shift >= 0; shift -= 8)
      out += static_cast<char>(part.size() >> shift & 0xff);
    out += part;
  }
  return out;
}

Error broken() {
  return {ErrorKind::failed, "sealed_broken",
          "A sealed secret was altered or moved; enter it again."};
}

Error key_file_error(const std::string& path, std::string_view what) {
  return {ErrorKind::failed, "key_file", "The key file " + path + " " + std::string(what)};
}

unsigned char* mutable_bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

Result<Sealer> Sealer::from_key(std::string_view key) {
  need_sodium();
  if (key.size() != 32) {
    return Error{ErrorKind::invalid, "key_size", "A sealing key has 32 bytes."};
  }
  Sealer sealer;
  std::copy(key.begin(), key.end(), sealer.key_.begin());
  const std::string id = hkdf_sha256(key, "", "trailkeeper sealing key id", sealer.id_.size());
  std::copy(id.begin(), id.end(), sealer.id_.begin());
  return sealer;
}

Result<Sealer> Sealer::read(const std::string& path) {
  std::string text = TRY(read_file(path, 4096));
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return system_error("look at " + path, errno);
  if ((file.st_mode & 0037) != 0) {
    wipe(text);
    return key_file_error(
        path, "can be read by others; make it readable by its owner only (chmod 0400).");
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  auto key = from_base64(text);
  wipe(text);
  if (!key) return key_file_error(path, "is not base64 text; restore it from your own safe copy.");
  Result<Sealer> sealer = from_key(*key);
  wipe(*key);
  if (!sealer)
    return key_file_error(path, "does not hold 32 bytes; restore it from your own safe copy.");
  return sealer;
}

Result<Sealer> Sealer::create(const std::string& path) {
  std::string key(32, '\0');
  fill_random(key.data(), key.size());
  std::string text = to_base64(key) + "\n";
  const std::string fresh = path + ".made-" + random_base32(10);
  Result<> written = write_file_durably(fresh, text, 0400);
  wipe(text);
  if (written && ::link(fresh.c_str(), path.c_str()) != 0) {
    written = errno == EEXIST
                  ? Error{ErrorKind::conflict, "key_file_exists", path + " exists already."}
                  : system_error("create " + path, errno);
  }
  ::unlink(fresh.c_str());
  if (!written) {
    wipe(key);
    return std::move(written).error();
  }
  Result<> synced = sync_folder_of(path);
  Result<Sealer> sealer = from_key(key);
  wipe(key);
  if (!synced) return std::move(synced).error();
  return sealer;
}

Sealer::Sealer(Sealer&& other) noexcept : key_(other.key_), id_(other.id_) {
  sodium_memzero(other.key_.data(), other.key_.size());
}

Sealer& Sealer::operator=(Sealer&& other) noexcept {
  if (this != &other) {
    key_ = other.key_;
    id_ = other.id_;
    sodium_memzero(other.key_.data(), other.key_.size());
  }
  return *this;
}

Sealer::~Sealer() { sodium_memzero(key_.data(), key_.size()); }

std::string Sealer::seal(const SealedPlace& place, std::string_view secret) const {
  const std::string bound_to = associated_data(place);
  std::string out(id_.size() + kNonceSize + secret.size() + kTagSize, '\0');
  std::copy(id_.begin(), id_.end(), out.begin());
  unsigned char* const nonce = mutable_bytes(out) + id_.size();
  fill_random(nonce, kNonceSize);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceSize, nullptr, bytes_of(secret),
                                             secret.size(), bytes_of(bound_to), bound_to.size(),
                                             nullptr, nonce, key_.data());
  return std::string(kPrefix) + to_base64(out);
}

Result<std::string> Sealer::open(const SealedPlace& place, std::string_view sealed) const {
  if (!sealed.starts_with(kPrefix)) return broken();
  const auto bytes = from_base64(sealed.substr(kPrefix.size()));
  if (!bytes || bytes->size() < id_.size() + kNonceSize + kTagSize) return broken();
  if (std::string_view(*bytes).substr(0, id_.size()) != as_text(id_)) {
    return Error{ErrorKind::failed, "sealed_other_key",
                 "A sealed secret was made with another key file than " + key_id() + "."};
  }
  const std::string bound_to = associated_data(place);
  const std::string_view nonce = std::string_view(*bytes).substr(id_.size(), kNonceSize);
  const std::string_view cipher = std::string_view(*bytes).substr(id_.size() + kNonceSize);
  std::string secret(cipher.size() - kTagSize, '\0');
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      mutable_bytes(secret), nullptr, nullptr, bytes_of(cipher), cipher.size(), bytes_of(bound_to),
      bound_to.size(), bytes_of(nonce), key_.data());
  if (opened != 0) return broken();
  return secret;
}

std::string Sealer::key_id() const { return to_hex(as_text(id_)); }

}  // namespace trailkeeper::crypto
