#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "event/event.h"

// One row of the event store: the event's columns, in ClickHouse's RowBinary, both ways. Pure;
// thread-safe.
namespace trailkeeper::events {

// An event as the store gave it back.
struct StoredRow {
  event::StoredEvent stored;
  // The exact record, for the rare row whose columns could not render it (see BatchBuilder::add).
  std::string raw{};
  // Whether the columns below seq, times, id and nonce are filled; false for rows of
  // BatchBuilder::add_raw_only.
  bool has_columns = true;

  // The record, byte for byte as it was committed.
  std::string record() const;
};

// The rows of one insert, encoded as they are added. An object of one thread.
class BatchBuilder {
 public:
  // `batch` is the journal's number of the frozen batch; every row carries it.
  explicit BatchBuilder(std::uint64_t batch);

  // Adds an event. Encodes it, decodes what was encoded, renders that and compares it with
  // `record`, the journal's line. When they differ, the exact line is stored with the columns and
  // the answer is false: raise an alarm. REQUIRES: the organization's id in the event is the one
  // the row belongs to.
  bool add(const event::StoredEvent& stored, std::string_view record);

  // The last resort for a row that the store refuses in its full form: only org, seq, times, id,
  // nonce and the line.
  void add_raw_only(const event::StoredEvent& stored, std::string_view record);

  std::uint64_t batch() const { return batch_; }
  std::size_t rows() const { return rows_; }
  std::size_t bytes() const { return bytes_.size(); }
  // The encoded rows one after the other.
  const std::string& encoded() const { return bytes_; }

 private:
  const std::uint64_t batch_;
  std::size_t rows_ = 0;
  std::string bytes_;
};

// The columns of a row in the order in which they are encoded and selected: "org, seq, ...". Folded
// copies, which are only searched, are not selected.
const std::string& inserted_columns();
const std::string& selected_columns();

// Appends one row as it is inserted; with `raw` beside the columns when it is not empty.
void append_row(std::string& out, std::uint64_t batch, const event::StoredEvent& stored,
                std::string_view raw);

// Takes rows apart as they arrive in chunks of any size. An object of one thread.
class RowReader {
 public:
  // Adds bytes to what is waiting.
  void feed(std::string_view chunk);
  // The next whole row; empty when more bytes are needed. `failed` with code `bad_row` when they
  // are no row of ours.
  Result<std::optional<StoredRow>> next();
  // Bytes that are waiting for the rest of their row; must be 0 at the end.
  std::size_t waiting() const { return buffer_.size() - position_; }

 private:
  std::string buffer_;
  std::size_t position_ = 0;
};

}  // namespace trailkeeper::events
