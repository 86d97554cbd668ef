#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "merkle/hash.h"

namespace trailkeeper::verify {

// What the lines of a file say of the log.
struct Rows {
  std::vector<std::uint64_t> seqs;
  std::vector<merkle::Hash> leaves;  // leaf_hash() of each row's entry
  std::uint64_t erased = 0;          // rows of which only the digest is left
};

// Reads lines in the record's form (docs/formats/record.md) as they are unpacked. Bounded: a line
// is no longer than a record may be. For one thread at a time.
class RowReader {
 public:
  // `rows_max`: more of them are refused.
  explicit RowReader(std::uint64_t rows_max);

  // Errors: `invalid` (code `row`) with the number of the line for what is no row or stands out of
  // order; `failed` (code `row_version`) for a rendering that this program does not know.
  Result<> feed(std::string_view piece);
  // After the last piece. `invalid` when the last line does not end.
  Result<> finish();

  const Rows& rows() const { return rows_; }
  Rows take() { return std::move(rows_); }

 private:
  Result<> add(std::string_view line);
  Error wrong(const std::string& what) const;

  const std::uint64_t rows_max_;
  Rows rows_;
  std::string carry_;  // the beginning of a line that goes on in the next piece
};

}  // namespace trailkeeper::verify
