#include "log_tree.h"

#include <bit>
#include <utility>

namespace trailkeeper::ledger {

using merkle::CompactRange;
using merkle::Hash;

Result<LogTree> LogTree::restore(std::uint64_t size, std::string_view hashes_bytes) {
  const Error damaged{ErrorKind::fatal, "ledger_damaged", "a log's tree does not fit its size"};
  if (hashes_bytes.size() != std::popcount(size) * sizeof(Hash)) return damaged;
  const merkle::TileId as_tile{0, 0, static_cast<unsigned>(std::popcount(size))};
  std::vector<Hash> hashes = TRY(merkle::parse_tile(as_tile, hashes_bytes));
  const std::uint64_t bundles = size / merkle::kTileWidth;
  const auto border = hashes.begin() + std::popcount(bundles);
  LogTree tree;
  tree.bundles_ = TRY(CompactRange::restore(bundles, {hashes.begin(), border}));
  tree.last_ = TRY(CompactRange::restore(size % merkle::kTileWidth, {border, hashes.end()}));
  return tree;
}

std::optional<Hash> LogTree::append(const Hash& leaf) {
  last_.append(leaf);
  if (last_.size() < merkle::kTileWidth) return std::nullopt;
  const Hash root = std::exchange(last_, {}).root();
  bundles_.append(root);
  return root;
}

CompactRange LogTree::whole() const {
  std::vector<Hash> hashes = bundles_.hashes();
  hashes.insert(hashes.end(), last_.hashes().begin(), last_.hashes().end());
  return *CompactRange::restore(size(), std::move(hashes));
}

Hash LogTree::root() const { return whole().root(); }

std::string LogTree::hashes_bytes() const { return merkle::tile_bytes(whole().hashes()); }

}  // namespace trailkeeper::ledger
