#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "packs/source.h"

// The mode `changed`: of all rows that a query gives, those that are new, other or gone since the
// run delivered before. What was delivered is remembered as each row's key and a hash of the row,
// in the order of the keys, in a file; memory stays the same whatever there is.
namespace trailkeeper::packs {

// The first column of what goes out.
inline constexpr std::string_view kChangeColumn = "_change";

struct ChangedSettings {
  std::vector<std::string> key;  // columns that name a row
  std::string before{};          // what was remembered; empty: nothing, all rows are new
  std::string after;             // where it is written down; whole and durable after the last row
  std::string folder;            // of files to sort with; they are gone afterwards
  std::size_t memory_max = 32u << 20;
  std::function<Result<>()> check_space{};  // asked before more is written
};

struct ChangeCounts {
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t removed = 0;
};

// An extract of the rows that changed, with `_change` (added, changed, removed) before the columns
// of `rows`; of a removed row only its key is known. In the order of the keys. next() fails with
// `failed`: `duplicate_key`, `null_key`, `state_damaged`.
class ChangedExtract : public Extract {
 public:
  // `failed` (`no_key_column`) when a column of the key is not among those of `rows`.
  static Result<std::unique_ptr<ChangedExtract>> make(std::unique_ptr<Extract> rows,
                                                      ChangedSettings settings);
  // After the last row.
  virtual ChangeCounts counts() const = 0;
};

// `_change` and the columns behind it.
std::vector<Column> with_change_column(const std::vector<Column>& columns);

}  // namespace trailkeeper::packs
