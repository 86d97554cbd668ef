#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "events/filter.h"

namespace trailkeeper::exports {

// Which entries a file holds. The filter has the whole range in it: what may be seen, and
// `last_seq`, the last entry there was when the file was asked for, so that a file made again holds
// the same.
struct RowQuery {
  OrgId org;
  events::Filter filter{};
};

// What a file is: CSV for people (event/csv.h), the records a line each, or Parquet
// (event/parquet.h).
enum class Format : std::uint8_t { csv, jsonl, parquet };
std::string_view format_name(Format format);
std::optional<Format> find_format(std::string_view name);

// Takes a piece of the file, which may end anywhere, and how many rows were put into it since the
// piece before; false stops the stream.
using ChunkSink = std::function<bool(std::string_view chunk, std::uint64_t rows)>;

// What some of the rows take in each form.
struct Sample {
  std::uint64_t rows = 0;
  std::uint64_t csv_bytes = 0;
  std::uint64_t jsonl_bytes = 0;
  std::uint64_t parquet_bytes = 0;
};

// Where the rows come from: the event store. Owned by the export service. Thread-safe; calls block.
class RowSource {
 public:
  virtual ~RowSource() = default;

  // The last entry that was committed for the org; 0 for none.
  virtual Seq last_seq(const OrgId& org) = 0;

  // Whether everything that was received at or before `time` can be read by now.
  virtual bool holds_until(Timestamp time) = 0;

  // How many rows there will be; for showing progress only.
  virtual Result<std::uint64_t> count_rows(const RowQuery& query) = 0;

  // The newest of the rows, rendered.
  virtual Result<Sample> sample(const RowQuery& query) = 0;

  // The whole file, newest rows first, in constant memory. Success means that every row was given;
  // when the sink stopped it, success too. `unavailable` is tried again from the beginning.
  virtual Result<> stream(const RowQuery& query, Format format, const ChunkSink& sink) = 0;
};

}  // namespace trailkeeper::exports
