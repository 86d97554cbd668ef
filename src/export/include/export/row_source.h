#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "query/query.h"

namespace trailkeeper::exports {

// Which entries a file holds.
struct RowQuery {
  OrgId org;
  query::Filter filter{};  // `from` and `to` included
  // Nothing that occurred before it: the viewing window when the file was asked for; empty for
  // keys.
  std::optional<Timestamp> visible_from{};
  // Nothing that was received after it, so that a file made again holds the same.
  Timestamp received_until{};
};

// Takes a piece of the file, which may end anywhere; false stops the stream.
using ChunkSink = std::function<bool(std::string_view chunk)>;

// Where the rows come from: the event store. Owned by the export service. Thread-safe; calls block.
class RowSource {
 public:
  virtual ~RowSource() = default;

  // Whether every event of the org that was received at or before `time` can be read by now.
  virtual Result<bool> holds_until(const OrgId& org, Timestamp time) = 0;

  // How many rows there will be; for showing progress only.
  virtual Result<std::uint64_t> count_rows(const RowQuery& query) = 0;

  // Rows as event::append_csv_row() renders them, newest first, without the header, in constant
  // memory. Success means that every row was given. When the sink stops it: code `cancelled`.
  // `unavailable` is tried again from the beginning.
  virtual Result<> stream_csv(const RowQuery& query, const ChunkSink& sink) = 0;
};

}  // namespace trailkeeper::exports
