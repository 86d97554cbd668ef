#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "journal/journal.h"

namespace trailkeeper::journal {

// Tells of most keys that they were never added, without a look at the disk (a Bloom filter). Keys
// are the output of a keyed hash, so their own bits serve as its hashes.
class KeyFilter {
 public:
  // Beyond so many it would seldom help: 8 MiB for 4 million keys let 1.5 % through.
  static constexpr std::size_t kKeysMax = 4'000'000;

  void add(const KeyHash& key) {
    if (++keys_ > kKeysMax) bits_ = {};
    if (keys_ > kKeysMax) return;
    if (bits_.empty()) bits_.resize(kBits / 64);
    for (const std::size_t bit : places(key)) bits_[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
  // False: it was certainly never added.
  bool may_hold(const KeyHash& key) const {
    if (bits_.empty()) return keys_ > 0;
    for (const std::size_t bit : places(key)) {
      if ((bits_[bit / 64] >> bit % 64 & 1) == 0) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t kBits = std::size_t{1} << 26;
  static std::array<std::size_t, 4> places(const KeyHash& key) {
    std::array<std::uint32_t, 4> words;
    static_assert(sizeof words == sizeof key);
    std::memcpy(words.data(), key.data(), sizeof words);
    return {words[0] % kBits, words[1] % kBits, words[2] % kBits, words[3] % kBits};
  }

  std::vector<std::uint64_t> bits_;
  std::size_t keys_ = 0;
};

}  // namespace trailkeeper::journal
