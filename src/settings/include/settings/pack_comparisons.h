#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// What both sides hold of a run that went to S3 and SFTP.
struct PackComparison {
  Uuid run;
  OrgId org;
  std::string pack;
  std::string state = "due";  // due, equal, differs, failed
  std::string etags = "{}";   // JSON: of files that went up in parts, by name
  std::string result{};       // JSON; empty before the first one
  std::string error{};        // why the last look could not be taken
  int attempts = 0;           // looks that could not be taken, one after the other
  Timestamp made_at{};        // when both had the run
  std::optional<Timestamp> next_attempt_at{};
  std::optional<Timestamp> compared_at{};
};

Result<std::optional<PackComparison>> find_pack_comparison(const ReadTx& tx, const Uuid& run);
// Makes or replaces.
Result<> put_pack_comparison(WriteTx& tx, const PackComparison& comparison);
// The one in state `due` that waits longest of those whose next attempt is not after `now`.
Result<std::optional<PackComparison>> next_pack_comparison(const ReadTx& tx, Timestamp now);

// Of an org; of one pack unless empty.
struct PackComparisonSummary {
  std::uint64_t runs = 0;
  std::uint64_t equal = 0;
  std::uint64_t differing = 0;
  std::uint64_t waiting = 0;
  std::uint64_t failed = 0;
  std::optional<Timestamp> last_compared_at{};
  std::optional<PackComparison> last_difference{};
};
// Of the runs that both sides had after `since`.
Result<PackComparisonSummary> pack_comparisons(const ReadTx& tx, const OrgId& org,
                                               const std::string& pack, Timestamp since);

}  // namespace trailkeeper::settings
