#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "merkle/compact_range.h"
#include "merkle/tile.h"

namespace trailkeeper::ledger {

// The growing edge of one log: the range over its full bundles, and that over the last one.
class LogTree {
 public:
  LogTree() = default;
  // As hashes_bytes() gave them. `fatal` (code `ledger_damaged`) when they do not fit `size`.
  static Result<LogTree> restore(std::uint64_t size, std::string_view hashes_bytes);

  std::uint64_t size() const { return bundles_.size() * merkle::kTileWidth + last_.size(); }
  // Adds the next leaf; the root of the bundle when that has become full.
  std::optional<merkle::Hash> append(const merkle::Hash& leaf);
  std::uint64_t full_bundles() const { return bundles_.size(); }

  merkle::Hash root() const;
  std::string hashes_bytes() const;

 private:
  merkle::CompactRange whole() const;
  merkle::CompactRange bundles_;  // its leaves are the bundles' roots
  merkle::CompactRange last_;
};

}  // namespace trailkeeper::ledger
