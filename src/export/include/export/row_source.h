#pragma once

#include <cstdint>
#include <functional>
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

// Takes a piece of the file, which may end anywhere; false stops the stream.
using ChunkSink = std::function<bool(std::string_view chunk)>;

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

  // Rows as event::append_csv_row() renders them, newest first, without the header, in constant
  // memory. Success means that every row was given; when the sink stopped it, success too.
  // `unavailable` is tried again from the beginning.
  virtual Result<> stream_csv(const RowQuery& query, const ChunkSink& sink) = 0;
};

}  // namespace trailkeeper::exports
