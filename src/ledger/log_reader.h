#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "merkle/proof.h"
#include "merkle/tile.h"
#include "tables.h"

namespace trailkeeper::ledger {

// The tree of one log as it was at `size`, read from its bundles and tiles. Each is read once; for
// one request, on one thread, inside a read transaction.
class LogReader {
 public:
  LogReader(Tables& tables, std::uint64_t log, std::uint64_t size)
      : tables_(tables), log_(log), size_(size) {}

  // Bytes of a tile or bundle; `not_found` unless the tree has all of its width.
  Result<std::string> tile(const merkle::TileId& tile);
  Result<std::vector<merkle::LogEntry>> bundle(std::uint64_t number);
  merkle::SubtreeSource subtrees();

 private:
  Result<std::vector<merkle::Hash>> hashes(const merkle::TileId& tile);

  Tables& tables_;
  const std::uint64_t log_;
  const std::uint64_t size_;
  std::map<std::string, std::vector<merkle::Hash>> read_;  // by path
};

}  // namespace trailkeeper::ledger
