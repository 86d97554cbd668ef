#include "merkle/proof.h"

#include <bit>
#include <string>

namespace trailkeeper::merkle {
namespace {

Error out_of_range(const std::string& what) {
  return Error{ErrorKind::invalid, "out_of_range", what};
}

// The largest power of two below `leaves`. REQUIRES: leaves > 1.
std::uint64_t split(std::uint64_t leaves) { return std::bit_floor(leaves - 1); }

// Follows the path from a leaf or an inner node to the root of a tree, one hash of a proof at a
// time: `node` is the number of the present node in its row, `last` the number of the row's last.
struct Climb {
  std::uint64_t node;
  std::uint64_t last;

  // Whether the sibling stands at the left.
  bool at_right() const { return (node & 1) != 0 || node == last; }
  void up() {
    // A last node without a sibling is its own parent, until one has a sibling at the left.
    if (at_right()) {
      while ((node & 1) == 0 && node != 0) shift();
    }
    shift();
  }
  void shift() {
    node >>= 1;
    last >>= 1;
  }
};

}  // namespace

Result<Hash> range_root(std::uint64_t begin, std::uint64_t end, const SubtreeSource& subtrees) {
  if (begin == end) return empty_root();
  const std::uint64_t leaves = end - begin;
  if (std::has_single_bit(leaves)) {
    const auto level = static_cast<unsigned>(std::countr_zero(leaves));
    return subtrees(level, begin >> level);
  }
  const std::uint64_t middle = begin + split(leaves);
  const Hash left = TRY(range_root(begin, middle, subtrees));
  const Hash right = TRY(range_root(middle, end, subtrees));
  return node_hash(left, right);
}

Result<std::vector<Hash>> prove_inclusion(std::uint64_t index, std::uint64_t size,
                                          const SubtreeSource& subtrees) {
  if (index >= size) {
    return out_of_range("entry " + std::to_string(index) + " is not in a tree of " +
                        std::to_string(size));
  }
  // From the root down; a proof is read from the leaf up.
  std::vector<Hash> proof;
  std::uint64_t begin = 0, end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + split(end - begin);
    if (index < middle) {
      proof.insert(proof.begin(), TRY(range_root(middle, end, subtrees)));
      end = middle;
    } else {
      proof.insert(proof.begin(), TRY(range_root(begin, middle, subtrees)));
      begin = middle;
    }
  }
  return proof;
}

Result<std::vector<Hash>> prove_consistency(std::uint64_t old_size, std::uint64_t size,
                                            const SubtreeSource& subtrees) {
  if (old_size > size) {
    return out_of_range("a tree of " + std::to_string(size) + " does not contain one of " +
                        std::to_string(old_size));
  }
  std::vector<Hash> proof;
  if (old_size == 0 || old_size == size) return proof;
  std::uint64_t begin = 0, end = size;
  while (old_size != end) {
    const std::uint64_t middle = begin + split(end - begin);
    if (old_size <= middle) {
      proof.insert(proof.begin(), TRY(range_root(middle, end, subtrees)));
      end = middle;
    } else {
      proof.insert(proof.begin(), TRY(range_root(begin, middle, subtrees)));
      begin = middle;
    }
  }
  // When the old tree is the leftmost subtree, whoever checks knows its root already.
  if (begin != 0) proof.insert(proof.begin(), TRY(range_root(begin, end, subtrees)));
  return proof;
}

bool verify_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                      std::span<const Hash> proof, const Hash& root) {
  if (index >= size) return false;
  Climb climb{index, size - 1};
  Hash hash = leaf;
  for (const Hash& sibling : proof) {
    if (climb.last == 0) return false;
    hash = climb.at_right() ? node_hash(sibling, hash) : node_hash(hash, sibling);
    climb.up();
  }
  return climb.last == 0 && hash == root;
}

bool verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                        const Hash& root, std::span<const Hash> proof) {
  if (old_size > size) return false;
  if (old_size == 0 && old_root != empty_root()) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  if (old_size == 0) return proof.empty();

  Climb climb{old_size - 1, size - 1};
  while (climb.node & 1) climb.shift();
  // Of an old tree that is one perfect subtree the root itself is where the path begins.
  Hash start = old_root;
  if (!std::has_single_bit(old_size)) {
    if (proof.empty()) return false;
    start = proof.front();
    proof = proof.subspan(1);
  }
  Hash old_hash = start, hash = start;
  for (const Hash& sibling : proof) {
    if (climb.last == 0) return false;
    if (climb.at_right()) {
      old_hash = node_hash(sibling, old_hash);
      hash = node_hash(sibling, hash);
    } else {
      hash = node_hash(hash, sibling);
    }
    climb.up();
  }
  return climb.last == 0 && old_hash == old_root && hash == root;
}

}  // namespace trailkeeper::merkle
