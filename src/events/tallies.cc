#include "events/tallies.h"

#include <limits>

#include "binary.h"
#include "clickhouse.h"
#include "conditions.h"

namespace trailkeeper::events {
namespace {

Error bad_tally() {
  return Error{ErrorKind::failed, "bad_row", "the event store gave no list of counts"};
}

}  // namespace

struct Tallies::Impl {
  Impl(StoreSettings given, httpc::Client& client)
      : settings(std::move(given)), server(settings, client) {}

  std::string table() const { return settings.database + "." + kTable; }

  Result<std::string> run(Statement statement) {
    statement.setting("max_memory_usage", settings.query_memory_max)
        .setting("max_threads", "1")
        .setting("priority", "10");
    return server.run(statement, settings.insert_time_max);
  }

  const StoreSettings settings;
  ClickHouse server;
};

Tallies::Tallies(StoreSettings settings, httpc::Client& client)
    : impl_(std::make_unique<Impl>(std::move(settings), client)) {}
Tallies::~Tallies() = default;

Result<std::vector<SeenAction>> Tallies::actions(std::uint64_t after,
                                                 std::optional<std::uint64_t> last) const {
  Statement statement(
      "SELECT toString(action) AS name, count(), max(received_at) FROM " + impl_->table() +
      " WHERE batch > {after:UInt64} AND batch <= {last:UInt64} GROUP BY name FORMAT RowBinary");
  statement.unsigned_integer("after", after)
      .unsigned_integer("last", last.value_or(std::numeric_limits<std::uint64_t>::max()));
  const std::string bytes = TRY(impl_->run(std::move(statement)));
  std::vector<SeenAction> seen;
  BinaryCursor cursor(bytes);
  while (cursor.position() < bytes.size()) {
    SeenAction& one = seen.emplace_back();
    one.action = cursor.text();
    one.events = cursor.number<std::uint64_t>();
    one.last_received_at = from_micros(cursor.number<std::int64_t>());
    if (cursor.short_of_bytes()) return bad_tally();
  }
  return seen;
}

Result<std::vector<Receipts>> Tallies::receipts(Timestamp day, Timestamp hour) const {
  Statement statement(
      "SELECT toString(org) AS name, countIf(received_at >= {day:Int64}), "
      "countIf(received_at >= {hour:Int64}), max(received_at) FROM " +
      impl_->table() + " GROUP BY name FORMAT RowBinary");
  statement.integer("day", to_micros(day)).integer("hour", to_micros(hour));
  const std::string bytes = TRY(impl_->run(std::move(statement)));
  std::vector<Receipts> found;
  BinaryCursor cursor(bytes);
  while (cursor.position() < bytes.size()) {
    const auto org = OrgId::parse(cursor.text());
    const auto last_day = cursor.number<std::uint64_t>();
    const auto last_hour = cursor.number<std::uint64_t>();
    const auto last = cursor.number<std::int64_t>();
    if (!org || cursor.short_of_bytes()) return bad_tally();
    found.push_back({*org, last_day, last_hour, from_micros(last)});
  }
  return found;
}

}  // namespace trailkeeper::events
