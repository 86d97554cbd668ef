#include "merkle/compact_range.h"

#include <bit>
#include <string>

namespace trailkeeper::merkle {

Result<CompactRange> CompactRange::restore(std::uint64_t size, std::vector<Hash> hashes) {
  if (hashes.size() != static_cast<std::size_t>(std::popcount(size))) {
    return Error{ErrorKind::invalid, "compact_range",
                 "a compact range of " + std::to_string(size) + " leaves has " +
                     std::to_string(std::popcount(size)) + " hashes, not " +
                     std::to_string(hashes.size())};
  }
  CompactRange range;
  range.size_ = size;
  range.hashes_ = std::move(hashes);
  return range;
}

void CompactRange::append(const Hash& leaf) {
  Hash last = leaf;
  // Each trailing one of the size is a subtree that the new leaf completes to a larger one.
  for (std::uint64_t rest = size_; rest & 1; rest >>= 1) {
    last = node_hash(hashes_.back(), last);
    hashes_.pop_back();
  }
  hashes_.push_back(last);
  ++size_;
}

Hash CompactRange::root() const {
  if (hashes_.empty()) return empty_root();
  Hash root = hashes_.back();
  for (std::size_t i = hashes_.size() - 1; i-- > 0;) root = node_hash(hashes_[i], root);
  return root;
}

}  // namespace trailkeeper::merkle
