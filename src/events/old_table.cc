#include "old_table.h"

#include <map>
#include <memory>

#include "base/ids.h"
#include "base/log.h"
#include "binary.h"
#include "event/record.h"
#include "events/row.h"
#include "insert.h"
#include "old_row.h"

namespace trailkeeper::events {
namespace {

constexpr std::uint64_t kRowsTogether = 50'000;
constexpr std::size_t kBytesTogether = 64u << 20;

class Move {
 public:
  Move(ClickHouse& server, const StoreSettings& settings) : server_(server), settings_(settings) {}

  Result<> run();

 private:
  using Rows = std::map<std::uint64_t, std::uint64_t>;  // of each batch
  struct Range {
    std::uint64_t first = 0, last = 0;  // batches
    std::uint64_t rows = 0;
    bool moved = true;  // all that is there so far
  };

  std::string old_table() const { return settings_.database + ".events"; }
  std::string new_table() const { return settings_.database + ".entries"; }
  Result<bool> is_there();
  Result<Rows> batches(const std::string& table);
  Result<> move(const Range& range);
  static Result<> take(std::string& waiting, BatchBuilder& rows);
  Result<> flush(std::unique_ptr<BatchBuilder>& rows);

  ClickHouse& server_;
  const StoreSettings& settings_;
  std::uint64_t moved_ = 0;
};

Result<bool> Move::is_there() {
  Statement statement(
      "SELECT count() FROM system.tables WHERE database = {database:String} AND name = 'events' "
      "FORMAT RowBinary");
  statement.text("database", settings_.database);
  const std::string bytes = TRY(server_.run(statement, settings_.insert_time_max));
  return BinaryCursor(bytes).number<std::uint64_t>() != 0;
}

Result<Move::Rows> Move::batches(const std::string& table) {
  const std::string bytes = TRY(server_.run(
      Statement("SELECT batch, count() FROM " + table + " GROUP BY batch FORMAT RowBinary"),
      settings_.stream_time_max));
  Rows rows;
  for (BinaryCursor cursor(bytes); cursor.position() < bytes.size();) {
    const auto batch = cursor.number<std::uint64_t>();
    rows[batch] = cursor.number<std::uint64_t>();
  }
  return rows;
}

Result<> Move::run() {
  if (!TRY(is_there())) return boost::system::in_place_value;
  const Rows old_rows = TRY(batches(old_table()));
  Rows new_rows = TRY(batches(new_table()));
  log::info("moving the event store's rows to the table's new form",
            {{"batches", old_rows.size()}});
  Range range;
  for (const auto& [batch, rows] : old_rows) {
    if (range.rows > 0 && range.rows + rows > kRowsTogether) {
      TRY(move(range));
      range = {};
    }
    if (range.rows == 0) range.first = batch;
    range.last = batch;
    range.rows += rows;
    range.moved = range.moved && new_rows[batch] == rows;
  }
  if (range.rows > 0) TRY(move(range));
  new_rows = TRY(batches(new_table()));
  for (const auto& [batch, rows] : old_rows) {
    if (new_rows[batch] == rows) continue;
    return Error{ErrorKind::failed, "rows_not_moved",
                 "batch " + std::to_string(batch) + " of the event store could not be moved whole"};
  }
  auto dropped =
      server_.run(Statement("DROP TABLE IF EXISTS " + old_table()), settings_.insert_time_max);
  if (!dropped) return std::move(dropped).error();
  log::info("the event store's rows were moved", {{"batches", old_rows.size()}});
  return boost::system::in_place_value;
}

Result<> Move::move(const Range& range) {
  if (range.moved) return boost::system::in_place_value;
  const auto bind = [&](Statement& statement) -> Statement& {
    return statement.unsigned_integer("first", range.first).unsigned_integer("last", range.last);
  };
  const std::string where = " WHERE batch >= {first:UInt64} AND batch <= {last:UInt64}";
  Statement clear("ALTER TABLE " + new_table() + " DELETE" + where);
  TRY(server_.run(bind(clear).setting("mutations_sync", "2"), settings_.insert_time_max));
  Statement read("SELECT " + old_columns() + " FROM " + old_table() + where + " FORMAT RowBinary");
  bind(read)
      .setting("max_memory_usage", settings_.query_memory_max)
      .setting("max_threads", "1")
      .setting("max_block_size", "2048");
  std::string waiting;
  auto rows = std::make_unique<BatchBuilder>(0);
  TRY(server_.stream(read, settings_.stream_time_max, [&](std::string_view chunk) -> Result<bool> {
    waiting += chunk;
    TRY(take(waiting, *rows));
    if (rows->bytes() >= kBytesTogether) TRY(flush(rows));
    return true;
  }));
  if (!waiting.empty()) {
    return Error{ErrorKind::failed, "bad_row", "the event store's answer ends within a row"};
  }
  TRY(flush(rows));
  moved_ += range.rows;
  log::info("rows were moved", {{"rows", moved_}, {"through_batch", range.last}});
  return boost::system::in_place_value;
}

// Adds the whole rows of `waiting` and removes them there.
Result<> Move::take(std::string& waiting, BatchBuilder& rows) {
  std::size_t position = 0;
  std::string record;
  OldRow row;
  while (position < waiting.size()) {
    const auto size = TRY(decode_old_row(std::string_view(waiting).substr(position), row));
    if (!size) break;
    record = row.raw;
    if (row.raw.empty()) event::append_record(record, row.stored);
    const RowKey key{row.stored.event.organization_id, row.stored.seq, row.stored.received_at};
    rows.set_batch(row.batch);
    if (row.has_columns) {
      rows.add(key, record);
    } else {
      rows.add_raw_only(key, record);
    }
    position += *size;
  }
  waiting.erase(0, position);
  return boost::system::in_place_value;
}

// Under a token of its own: rows that were deleted may look like those that come again.
Result<> Move::flush(std::unique_ptr<BatchBuilder>& rows) {
  TRY(insert_rows(server_, settings_, *rows, "move-" + random_base32(20)));
  rows = std::make_unique<BatchBuilder>(0);
  return boost::system::in_place_value;
}

}  // namespace

Result<> move_old_table(ClickHouse& server, const StoreSettings& settings) {
  return Move(server, settings).run();
}

}  // namespace trailkeeper::events
