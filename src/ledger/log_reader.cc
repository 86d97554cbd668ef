#include "log_reader.h"

#include <algorithm>

namespace trailkeeper::ledger {

using merkle::Hash;
using merkle::LogEntry;
using merkle::TileId;

Result<std::vector<LogEntry>> LogReader::bundle(std::uint64_t number) {
  std::vector<LogEntry> entries = TRY(tables_.bundle(log_, number));
  const unsigned width = merkle::tile_width(std::nullopt, number, size_);
  if (entries.size() < width)
    return Error{ErrorKind::fatal, "ledger_damaged", "entries of a log are not there"};
  entries.resize(width);
  return entries;
}

Result<std::vector<Hash>> LogReader::hashes(const TileId& tile) {
  if (const auto known = read_.find(merkle::tile_path(tile)); known != read_.end())
    return known->second;
  std::vector<Hash> hashes;
  if (tile.level == 0u) {
    for (const LogEntry& entry : TRY(bundle(tile.number)))
      hashes.push_back(merkle::leaf_hash(merkle::encode_log_entry(entry)));
  } else {
    const std::string bytes = TRY(tables_.tile(log_, *tile.level, tile.number));
    const std::size_t size = tile.width * sizeof(Hash);
    if (bytes.size() < size)
      return Error{ErrorKind::fatal, "ledger_damaged", "hashes of a log are not there"};
    hashes = TRY(merkle::parse_tile(tile, std::string_view(bytes).substr(0, size)));
  }
  hashes.resize(tile.width);
  return read_.emplace(merkle::tile_path(tile), std::move(hashes)).first->second;
}

merkle::SubtreeSource LogReader::subtrees() {
  return merkle::subtrees_in_tiles(size_, [this](const TileId& tile) { return hashes(tile); });
}

Result<std::string> LogReader::tile(const TileId& tile) {
  if (tile.width > merkle::tile_width(tile.level, tile.number, size_)) {
    return Error{ErrorKind::not_found, "no_such_tile",
                 "The log has no " + merkle::tile_path(tile) + " yet."};
  }
  if (tile.level) return merkle::tile_bytes(TRY(hashes(tile)));
  std::vector<LogEntry> entries = TRY(bundle(tile.number));
  entries.resize(tile.width);
  std::vector<std::string> encoded;
  for (const LogEntry& entry : entries) encoded.push_back(merkle::encode_log_entry(entry));
  return merkle::bundle_bytes({encoded.begin(), encoded.end()});
}

}  // namespace trailkeeper::ledger
