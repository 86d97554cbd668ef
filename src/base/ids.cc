#include "base/ids.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>

#include "base/bytes.h"

namespace trailkeeper {
namespace {

void fill_from_kernel(void* data, std::size_t size) {
  auto* out = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = ::getrandom(out, size, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      // No process of ours may go on without a source of secrets.
      std::abort();
    }
    out += got;
    size -= static_cast<std::size_t>(got);
  }
}

std::atomic<unsigned> forks{0};

// Random bytes fetched ahead: an event needs 26 of them, and a system call each would cost more
// than its hash. Bytes given out are erased; a forked child starts anew.
class Reserve {
 public:
  Reserve() {
    static const int registered =
        ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
    (void)registered;
  }
  ~Reserve() { ::explicit_bzero(bytes_, sizeof bytes_); }

  void take(void* data, std::size_t size) {
    const unsigned generation = forks.load(std::memory_order_relaxed);
    if (left_ < size || generation != generation_) {
      fill_from_kernel(bytes_, sizeof bytes_);
      left_ = sizeof bytes_;
      generation_ = generation;
    }
    left_ -= size;
    ::memcpy(data, bytes_ + left_, size);
    ::explicit_bzero(bytes_ + left_, size);
  }

 private:
  unsigned char bytes_[1024];
  std::size_t left_ = 0;
  unsigned generation_ = 0;
};

// Negative when it is none.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_org_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

}  // namespace

std::optional<OrgId> OrgId::parse(std::string_view text) {
  if (text.empty() || text.size() > 64) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), is_org_character)) return std::nullopt;
  return OrgId{std::string(text)};
}

Uuid Uuid::v7(Timestamp time) {
  Uuid id;
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count());
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  fill_random(id.bytes.data() + 6, 10);
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x70);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid id;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (dash) continue;
    const int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    auto& byte = id.bytes[digits++ / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | digit);
  }
  return id;
}

std::string Uuid::str() const {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out(36, '-');
  char* to = out.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++to;
    *to++ = kHex[bytes[i] >> 4];
    *to++ = kHex[bytes[i] & 15];
  }
  return out;
}

void fill_random(void* data, std::size_t size) {
  if (size > 128) {
    fill_from_kernel(data, size);
    return;
  }
  thread_local Reserve reserve;
  reserve.take(data, size);
}

std::string random_base32(std::size_t characters) {
  static constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out(characters, '\0');
  fill_random(out.data(), out.size());
  for (char& c : out) c = kLetters[static_cast<unsigned char>(c) & 31];
  return out;
}

std::string random_base62(std::size_t characters) {
  static constexpr char kLetters[] =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string out;
  out.reserve(characters);
  while (out.size() < characters) {
    unsigned char byte = 0;
    fill_random(&byte, 1);
    // 248 = 4 * 62: bytes above it would make some letters likelier.
    if (byte < 248) out += kLetters[byte % 62];
  }
  return out;
}

}  // namespace trailkeeper
