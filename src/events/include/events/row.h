#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "event/event.h"

// One row of the event store: the event's columns, in ClickHouse's RowBinary, both ways. Pure;
// thread-safe.
namespace trailkeeper::events {

// An event as the store gave it back.
struct StoredRow {
  std::string org{};
  Seq seq{};
  Timestamp received_at{};
  Timestamp occurred_at{};
  Uuid id{};
  // The record, byte for byte as it was committed. All of the event: event::parse_record.
  std::string line{};
  // Whether the exact line was stored, because the columns could not render it (see
  // BatchBuilder::add).
  bool has_exact_line = false;
  // Whether what is searched and filtered by is filled; false for rows of
  // BatchBuilder::add_raw_only.
  bool has_columns = true;

  const std::string& record() const { return line; }
};

// What a set of rows looks like, in whatever order they come: how many they are and the sum of
// their hashes of 128 bits. A missing, extra or changed row changes it. It is there to find damage,
// kept in memory and compared with nothing that others made: what stands against people is the
// record's SHA-256, with which each row was compared before.
struct RowsPrint {
  std::uint64_t rows = 0;
  std::array<std::uint64_t, 2> sum{};
  // `row` is encoded as it is selected.
  void add(std::string_view row);
  bool operator==(const RowsPrint&) const = default;
};

// Where the journal says that a record belongs.
struct RowKey {
  std::string_view org;
  Seq seq;
  Timestamp received_at;
};

struct OrgHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view org) const { return std::hash<std::string_view>{}(org); }
};
// The last seq of each organization, by its id.
using OrgHeads = std::unordered_map<std::string, Seq, OrgHash, std::equal_to<>>;

// The rows of one insert, column by column. An object of one thread.
class BatchBuilder {
 public:
  // `batch` is the journal's number of the frozen batch; every row carries it.
  // Memory is set aside for `rows` of the usual size.
  explicit BatchBuilder(std::uint64_t batch, std::size_t rows = 0);
  ~BatchBuilder();
  BatchBuilder(const BatchBuilder&) = delete;
  BatchBuilder& operator=(const BatchBuilder&) = delete;
  BatchBuilder(BatchBuilder&&) noexcept;

  // Adds an event by its record. Takes it apart into columns, renders what they hold and compares
  // it with `record`, the journal's line. When they differ, the exact line is stored with the
  // columns, or alone when it is no record of that key, and the answer is false: raise an alarm.
  bool add(const RowKey& key, std::string_view record);
  bool add(const event::StoredEvent& stored, std::string_view record);

  // The last resort for a row that the store refuses in its full form: only org, seq, times, id,
  // nonce and the line.
  void add_raw_only(const RowKey& key, std::string_view record);

  // Another batch for the rows that follow.
  void set_batch(std::uint64_t batch) { batch_ = batch; }
  std::uint64_t batch() const { return batch_; }
  std::size_t rows() const { return print_.rows; }
  std::size_t bytes() const;
  // The rows as an insert's data in ClickHouse's Native format, in the order in which they were
  // added; the first piece lies in `head`. Valid as long as nothing is added.
  std::vector<std::string_view> pieces(std::string& head) const;
  // What the rows will look like when they are read back.
  const RowsPrint& print() const { return print_; }
  const OrgHeads& heads() const { return heads_; }

 private:
  struct Work;
  void put(bool folding);
  void put_exact(std::string_view record);

  std::uint64_t batch_;
  RowsPrint print_;
  OrgHeads heads_;
  std::unique_ptr<Work> work_;
};

// The columns of a row in the order in which they are encoded and selected: "org, seq, ...". The
// folded copy, which is only searched, is not selected.
const std::string& inserted_columns();
const std::string& selected_columns();

struct RowColumns;

// Takes rows apart as they arrive in chunks of any size. An object of one thread.
class RowReader {
 public:
  RowReader();
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  // Adds bytes to what is waiting.
  void feed(std::string_view chunk);
  // The next whole row; empty when more bytes are needed. `failed` with code `bad_row` when they
  // are no row of ours.
  Result<std::optional<StoredRow>> next();
  // The same as the row's own bytes, for RowsPrint; valid until more are fed. Empty when more are
  // needed.
  Result<std::string_view> next_bytes();
  // Bytes that are waiting for the rest of their row; must be 0 at the end.
  std::size_t waiting() const { return buffer_.size() - position_; }

 private:
  std::string buffer_;
  std::size_t position_ = 0;
  std::unique_ptr<RowColumns> row_;  // used again and again
};

}  // namespace trailkeeper::events
