#include "crypto/password.h"

#include <algorithm>
#include <array>

#include "libsodium.h"

namespace trailkeeper::crypto {
namespace {

constexpr std::size_t kMemoryBytes = std::size_t{19} << 20;
constexpr unsigned long long kPasses = 2;
constexpr std::size_t kPasswordMax = 1024;

using Encoded = std::array<char, crypto_pwhash_STRBYTES>;

bool is_possible(std::string_view password) {
  return !password.empty() && password.size() <= kPasswordMax;
}

Error no_turn() {
  return {ErrorKind::unavailable,
          "busy",
          "Too many sign-ins at once; try again in a moment.",
          {},
          std::chrono::seconds{1}};
}

bool make(std::string_view password, Encoded& out) {
  return crypto_pwhash_str_alg(out.data(), password.data(), password.size(), kPasses, kMemoryBytes,
                               crypto_pwhash_ALG_ARGON2ID13) == 0;
}

// Gives the turn back.
class Turn {
 public:
  explicit Turn(std::counting_semaphore<64>& turns) : turns_(turns) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { turns_.release(); }

 private:
  std::counting_semaphore<64>& turns_;
};

}  // namespace

PasswordHasher::PasswordHasher(int concurrent_max, std::chrono::milliseconds wait_max)
    : turns_(std::clamp(concurrent_max, 1, 64)), wait_max_(wait_max) {
  need_sodium();
}

Result<std::string> PasswordHasher::hash(std::string_view password) {
  if (!is_possible(password)) {
    return Error{ErrorKind::invalid, "password_length", "A password has 1 to 1024 bytes."};
  }
  if (!turns_.try_acquire_for(wait_max_)) return no_turn();
  const Turn turn(turns_);
  Encoded out{};
  if (!make(password, out)) return no_turn();
  return std::string(out.data());
}

Result<bool> PasswordHasher::verify(std::string_view password, std::string_view encoded) {
  if (!is_possible(password)) return false;
  if (!turns_.try_acquire_for(wait_max_)) return no_turn();
  const Turn turn(turns_);
  Encoded text{};
  if (encoded.empty() || encoded.size() >= text.size()) {
    if (!make(password, text)) return no_turn();
    return false;
  }
  std::copy(encoded.begin(), encoded.end(), text.begin());
  return crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0;
}

}  // namespace trailkeeper::crypto
