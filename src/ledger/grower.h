#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>

#include "log_tree.h"
#include "tables.h"

namespace trailkeeper::ledger {

// Adds entries to one log inside an open transaction: full bundles and the tiles above them, and
// what remains as a chunk. The caller keeps row and tree only when the transaction commits.
class Grower {
 public:
  Grower(Tables& tables, LogRow& row, LogTree& tree) : tables_(tables), row_(row), tree_(tree) {}

  // REQUIRES: seqs that follow the log's size without a gap.
  Result<> add(std::span<const merkle::LogEntry> entries);
  // Writes the tiles that changed and the log's new size.
  Result<> finish();

 private:
  Result<> add_within_bundle(std::span<const merkle::LogEntry> entries);
  Result<> add_hash(unsigned level, std::uint64_t index, const merkle::Hash& hash);

  Tables& tables_;
  LogRow& row_;
  LogTree& tree_;
  // By level and number; those touched by this addition.
  std::map<std::pair<unsigned, std::uint64_t>, std::string> tiles_;
};

}  // namespace trailkeeper::ledger
