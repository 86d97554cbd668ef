#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crypto/hashed_file.h"
#include "packs/definition.h"
#include "packs/source.h"

namespace trailkeeper::packs {

// A cell as CSV and previews have it; nothing for null.
void append_text(std::string& out, const Column& column, const Cell& cell);

// One file of rows on our disk. Of one thread.
class Part {
 public:
  virtual ~Part() = default;
  // `row` has as many cells as there are columns.
  virtual Result<> add(const Cell* row) = 0;
  virtual std::uint64_t rows() const = 0;
  // Taken so far, before compression.
  virtual std::uint64_t bytes_in() const = 0;
  // Its content is durable on return.
  virtual Result<crypto::FileDigest> finish() = 0;
};

// `columns` outlives it.
Result<std::unique_ptr<Part>> make_part(const std::string& path, const std::vector<Column>& columns,
                                        Format format, Packing packing);

}  // namespace trailkeeper::packs
