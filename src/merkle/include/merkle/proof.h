#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "merkle/hash.h"

// Proofs of RFC 9162 section 2.1 (the same as RFC 6962's), 0-based.
namespace trailkeeper::merkle {

// The most hashes that a proof can have.
inline constexpr std::size_t kProofHashesMax = 64;

// Where a prover finds a perfect subtree: the root of the leaves [index << level, (index + 1) <<
// level). It is asked only for subtrees that lie wholly inside the tree; its errors are passed on.
using SubtreeSource = std::function<Result<Hash>(unsigned level, std::uint64_t index)>;

// MTH of the leaves [begin, end) of which `begin` is a multiple of the smallest power of two that
// is not below their number; so each left part of a tree, and each right part that RFC 6962's
// definition divides it into. empty_root() when begin == end.
Result<Hash> range_root(std::uint64_t begin, std::uint64_t end, const SubtreeSource& subtrees);

// That leaf `index` is in the tree of `size` leaves; the leaf's sibling first. `invalid` (code
// `out_of_range`) unless index < size.
Result<std::vector<Hash>> prove_inclusion(std::uint64_t index, std::uint64_t size,
                                          const SubtreeSource& subtrees);

// That the tree of `size` leaves begins with the tree of `old_size`. Empty when old_size is 0 or
// `size`. `invalid` (code `out_of_range`) unless old_size <= size.
Result<std::vector<Hash>> prove_consistency(std::uint64_t old_size, std::uint64_t size,
                                            const SubtreeSource& subtrees);

// Whether `proof` shows that the entry with that leaf_hash() is leaf `index` of the tree of `size`
// leaves with `root`.
bool verify_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                      std::span<const Hash> proof, const Hash& root);

// Whether `proof` shows that the tree (size, root) begins with the tree (old_size, old_root). The
// empty tree is the beginning of every tree, by an empty proof; its root must be empty_root().
bool verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                        const Hash& root, std::span<const Hash> proof);

}  // namespace trailkeeper::merkle
