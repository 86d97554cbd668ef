#include "grower.h"

#include <algorithm>

#include "merkle/tile.h"

namespace trailkeeper::ledger {

using merkle::Hash;
using merkle::kTileWidth;
using merkle::LogEntry;

Result<> Grower::add(std::span<const LogEntry> entries) {
  while (!entries.empty()) {
    const std::size_t room = kTileWidth - tree_.size() % kTileWidth;
    const std::size_t count = std::min(room, entries.size());
    TRY(add_within_bundle(entries.first(count)));
    entries = entries.subspan(count);
  }
  return {};
}

Result<> Grower::add_within_bundle(std::span<const LogEntry> entries) {
  const std::uint64_t number = tree_.full_bundles();
  const std::uint64_t index = tree_.size();
  std::optional<Hash> root;
  for (const LogEntry& entry : entries)
    root = tree_.append(merkle::leaf_hash(merkle::encode_log_entry(entry)));
  if (!root) return tables_.add_chunk(row_.number, index, entries);

  if (entries.size() == kTileWidth) {
    TRY(tables_.add_bundle(row_.number, number, entries));
  } else {
    std::vector<LogEntry> all = TRY(tables_.bundle(row_.number, number));
    all.insert(all.end(), entries.begin(), entries.end());
    TRY(tables_.add_bundle(row_.number, number, all));
    TRY(tables_.drop_chunks(row_.number));
  }
  return add_hash(1, number, *root);
}

Result<> Grower::add_hash(unsigned level, std::uint64_t index, const Hash& hash) {
  const std::uint64_t number = index / kTileWidth;
  const auto key = std::pair(level, number);
  auto found = tiles_.find(key);
  if (found == tiles_.end()) {
    std::string stored;
    if (index % kTileWidth != 0) stored = TRY(tables_.tile(row_.number, level, number));
    found = tiles_.emplace(key, std::move(stored)).first;
  }
  std::string& hashes = found->second;
  if (hashes.size() != index % kTileWidth * sizeof(Hash))
    return Error{ErrorKind::fatal, "ledger_damaged", "a tile of a log does not fit its size"};
  hashes += as_text(hash);
  if (hashes.size() != kTileWidth * sizeof(Hash)) return {};
  const auto full = TRY(merkle::parse_tile({level, number}, hashes));
  merkle::CompactRange range;
  for (const Hash& node : full) range.append(node);
  return add_hash(level + 1, number, range.root());
}

Result<> Grower::finish() {
  for (const auto& [key, hashes] : tiles_)
    TRY(tables_.put_tile(row_.number, key.first, key.second, hashes));
  row_.size = tree_.size();
  row_.tree = tree_.hashes_bytes();
  return tables_.put_size(row_);
}

}  // namespace trailkeeper::ledger
