#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "merkle/hash.h"

namespace trailkeeper::merkle {

// What an append-only tree must remember to grow: the roots of the perfect subtrees of its size's
// binary digits, the largest first. At most 64 hashes, whatever the size. A plain value: copies
// are independent.
class CompactRange {
 public:
  CompactRange() = default;  // of the empty tree

  // As it was stored: `hashes` in the order of hashes(). `invalid` (code `compact_range`) when
  // their number is not that of the binary ones of `size`.
  static Result<CompactRange> restore(std::uint64_t size, std::vector<Hash> hashes);

  // Adds the next leaf, given as leaf_hash() of its entry. REQUIRES: size() < 2^63.
  void append(const Hash& leaf);

  std::uint64_t size() const { return size_; }
  const std::vector<Hash>& hashes() const { return hashes_; }
  // MTH of all leaves; empty_root() of none.
  Hash root() const;

  bool operator==(const CompactRange&) const = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> hashes_;
};

}  // namespace trailkeeper::merkle
