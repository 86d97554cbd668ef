#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "merkle/hash.h"
#include "merkle/proof.h"

// RFC 6962 section 2.1 as it is written down there: recursive, over all leaves, slow. What the
// module computes is held against it.
namespace trailkeeper::merkle {

class SlowTree {
 public:
  // Leaves "entry-0", "entry-1" ...
  explicit SlowTree(std::uint64_t size) {
    for (std::uint64_t i = 0; i < size; ++i) leaves_.push_back(leaf_hash(entry(i)));
  }
  static std::string entry(std::uint64_t index) { return "entry-" + std::to_string(index); }

  const Hash& leaf(std::uint64_t index) const { return leaves_[index]; }

  // MTH(D[begin:end]).
  Hash root(std::uint64_t begin, std::uint64_t end) const {
    if (begin == end) return empty_root();
    if (end - begin == 1) return leaves_[begin];
    const std::uint64_t k = begin + std::bit_floor(end - begin - 1);
    return node_hash(root(begin, k), root(k, end));
  }

  // PATH(m, D[begin:end]).
  std::vector<Hash> path(std::uint64_t m, std::uint64_t begin, std::uint64_t end) const {
    if (end - begin == 1) return {};
    const std::uint64_t k = std::bit_floor(end - begin - 1);
    const bool left = m < k;
    auto hashes = left ? path(m, begin, begin + k) : path(m - k, begin + k, end);
    hashes.push_back(left ? root(begin + k, end) : root(begin, begin + k));
    return hashes;
  }

  // PROOF(m, D[n]).
  std::vector<Hash> consistency(std::uint64_t m, std::uint64_t n) const {
    return subproof(m, 0, n, true);
  }

  SubtreeSource subtrees() const {
    return [this](unsigned level, std::uint64_t index) -> Result<Hash> {
      const std::uint64_t begin = index << level, end = (index + 1) << level;
      if (end > leaves_.size()) return Error{ErrorKind::failed, "test", "outside of the tree"};
      return root(begin, end);
    };
  }

 private:
  std::vector<Hash> subproof(std::uint64_t m, std::uint64_t begin, std::uint64_t end,
                             bool whole) const {
    if (m == end - begin) {
      if (whole) return {};
      return {root(begin, end)};
    }
    const std::uint64_t k = std::bit_floor(end - begin - 1);
    const bool left = m <= k;
    auto hashes =
        left ? subproof(m, begin, begin + k, whole) : subproof(m - k, begin + k, end, false);
    hashes.push_back(left ? root(begin + k, end) : root(begin, begin + k));
    return hashes;
  }

  std::vector<Hash> leaves_;
};

}  // namespace trailkeeper::merkle
