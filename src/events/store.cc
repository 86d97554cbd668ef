#include "events/store.h"

#include <utility>

#include "binary.h"
#include "clickhouse.h"
#include "conditions.h"
#include "decode.h"
#include "insert.h"
#include "pages.h"
#include "reader.h"
#include "schema.h"
#include "shown.h"
#include "stored_heads.h"

namespace trailkeeper::events {
namespace {

Error bad_row(const char* message) { return Error{ErrorKind::failed, "bad_row", message}; }

}  // namespace

struct EventStore::Impl {
  Impl(const StoreSettings& given, httpc::Client& client)
      : reader(given, client), settings(reader.settings), server(reader.server), pages(reader) {}

  std::string table() const { return reader.table(); }
  Statement select_rows(const std::string& rest) const { return reader.select_rows(rest); }

  // Whole rows that the store has to sort: what does not fit its share of memory goes through its
  // temporary files, so a batch of large rows is slow instead of impossible.
  Statement select_sorted(const std::string& rest) const {
    Statement statement = select_rows(rest);
    statement.setting("max_bytes_before_external_sort", settings.query_memory_max / 8)
        .setting("max_block_size", "2048");
    return statement;
  }

  // Whole rows in the order in which they lie, as many as there are. With the usual blocks and
  // buffers, the columns of a dozen parts take hundreds of megabytes, whatever is asked for.
  Statement select_streamed(const std::string& rest) const {
    Statement statement = select_rows(rest);
    statement.setting("max_block_size", "2048").setting("max_read_buffer_size", "65536");
    return statement;
  }

  Statement select_seqs(const OrgId& org, std::uint64_t first, std::uint64_t last) const {
    Statement statement = select_sorted(
        " WHERE org = {org:String} AND seq >= {first:UInt64} AND seq <= {last:UInt64} ORDER BY "
        "seq");
    statement.text("org", org.str())
        .unsigned_integer("first", first)
        .unsigned_integer("last", last);
    return statement;
  }

  Reader reader;
  const StoreSettings& settings;
  ClickHouse& server;
  Pages pages;
  StoredHeads heads;
};

EventStore::EventStore(StoreSettings settings, httpc::Client& client)
    : counts_(settings, client), impl_(std::make_unique<Impl>(settings, client)) {}
EventStore::~EventStore() = default;

Result<> EventStore::ping() { return impl_->server.ping(); }

Result<> EventStore::migrate() { return events::migrate(impl_->server, impl_->settings); }

Result<> EventStore::insert_batch(const BatchBuilder& rows, const std::string& token) {
  auto inserted = insert_rows(impl_->server, impl_->settings, rows, token);
  if (inserted) {
    impl_->heads.raise(rows.heads());
  } else {
    impl_->heads.forget();  // what the store has now is not known
  }
  return inserted;
}

Result<> EventStore::read_batch(std::uint64_t batch, const RowSink& sink) {
  Statement statement = impl_->select_sorted(" WHERE batch = {batch:UInt64} ORDER BY org, seq");
  // One thread: pages and inserts go first.
  statement.unsigned_integer("batch", batch).setting("max_threads", "1");
  return impl_->reader.stream_rows(statement, impl_->settings.insert_time_max, sink);
}

Result<std::map<std::uint64_t, RowsPrint>> EventStore::print_batches(std::uint64_t first,
                                                                     std::uint64_t last) {
  Statement statement =
      impl_->select_rows(" WHERE batch >= {first:UInt64} AND batch <= {last:UInt64}");
  // One thread, nothing beside it: pages and inserts go first.
  statement.unsigned_integer("first", first)
      .unsigned_integer("last", last)
      .setting("max_threads", "1")
      .setting("output_format_parallel_formatting", "0");
  std::map<std::uint64_t, RowsPrint> prints;
  using Step = Reader::Step;
  TRY(impl_->reader.stream(statement, impl_->settings.insert_time_max,
                           [&](RowReader& reader) -> Result<Step> {
                             const std::string_view row = TRY(reader.next_bytes());
                             if (row.empty()) return Step::need_more;
                             prints[batch_of(row)].add(row);
                             return Step::again;
                           }));
  return prints;
}

Result<std::uint64_t> EventStore::count_batch(std::uint64_t batch) {
  Statement statement("SELECT count() FROM " + impl_->table() +
                      " WHERE batch = {batch:UInt64} FORMAT RowBinary");
  statement.unsigned_integer("batch", batch);
  return impl_->reader.run_number(std::move(statement));
}

Result<> EventStore::delete_batch(std::uint64_t batch) {
  Statement statement("ALTER TABLE " + impl_->table() + " DELETE WHERE batch = {batch:UInt64}");
  statement.unsigned_integer("batch", batch).setting("mutations_sync", "2");
  impl_->heads.give_up();
  impl_->pages.forget();
  auto done = impl_->server.run(statement, impl_->settings.insert_time_max);
  impl_->pages.forget();  // what was read meanwhile, too
  if (!done) return std::move(done).error();
  return boost::system::in_place_value;
}

Result<Page> EventStore::search(const OrgId& org, const Filter& filter, const PageRequest& page) {
  return impl_->pages.search(org, filter, page);
}

std::optional<Seq> EventStore::stored_head(const OrgId& org) const {
  return impl_->heads.find(org);
}

Result<Total> EventStore::count(const OrgId& org, const Filter& filter, std::uint64_t cap) {
  Conditions conditions(org, impl_->table());
  conditions.add(filter);
  Statement statement("SELECT count() FROM (SELECT 1 FROM " + impl_->table() + " WHERE " +
                      conditions.sql() + " LIMIT {cap:UInt64}) FORMAT RowBinary");
  conditions.bind(statement);
  statement.unsigned_integer("cap", cap + 1);
  const std::uint64_t found = TRY(impl_->reader.run_number(std::move(statement)));
  return found > cap ? Total{cap, false} : Total{found, true};
}

Result<std::optional<StoredRow>> EventStore::get(const OrgId& org, const Uuid& id) {
  Statement statement =
      impl_->select_rows(" WHERE org = {org:String} AND id = unhex({id:String}) LIMIT 1");
  statement.text("org", org.str()).text("id", to_hex(as_text(id.bytes)));
  std::optional<StoredRow> found;
  auto done =
      impl_->reader.stream_rows(statement, impl_->settings.query_time_max, [&](StoredRow&& row) {
        found = std::move(row);
        return true;
      });
  if (!done) return std::move(done).error();
  return found;
}

Result<> EventStore::read_seqs(const OrgId& org, Seq first, Seq last, const RowSink& sink) {
  return impl_->reader.stream_rows(impl_->select_seqs(org, first.value, last.value),
                                   impl_->settings.query_time_max, sink);
}

Result<> EventStore::stream_range(const OrgId& org, Seq first, Seq last, const RowSink& sink) {
  // Rows lie by time of the event, so a range by seq has to be sorted. Slices keep that in bounded
  // memory.
  constexpr std::uint64_t kSlice = 20000;
  bool ended = false;
  const RowSink forward = [&](StoredRow&& row) {
    ended = !sink(std::move(row));
    return !ended;
  };
  for (std::uint64_t start = first.value; start <= last.value && !ended; start += kSlice) {
    const std::uint64_t end = std::min(last.value, start + kSlice - 1);
    TRY(impl_->reader.stream_rows(impl_->select_seqs(org, start, end),
                                  impl_->settings.stream_time_max, forward));
  }
  return boost::system::in_place_value;
}

Result<> EventStore::stream_matches(const OrgId& org, const Filter& filter, Order order,
                                    const RowSink& sink) {
  Conditions conditions(org, impl_->table());
  conditions.add(filter);
  Statement statement = impl_->select_streamed(" WHERE " + conditions.sql() + order_by(order));
  conditions.bind(statement);
  return impl_->reader.stream_rows(statement, impl_->settings.stream_time_max, sink);
}

Result<> EventStore::stream_shown(const OrgId& org, const Filter& filter, Order order,
                                  const ShownSink& sink) {
  Conditions conditions(org, impl_->table());
  conditions.add(filter);
  Statement statement("SELECT " + shown_columns() + " FROM " + impl_->table() + " WHERE " +
                      conditions.sql() + order_by(order) + " FORMAT RowBinary");
  conditions.bind(statement);
  // Smaller blocks than usual: those of a dozen parts are in memory at once.
  statement.setting("max_memory_usage", impl_->settings.query_memory_max)
      .setting("max_block_size", "8192");
  ShownReader reader(sink);
  TRY(impl_->server.stream(statement, impl_->settings.stream_time_max,
                           [&](std::string_view chunk) { return reader.read(chunk); }));
  if (reader.waiting()) return bad_row("the event store's answer ends within a row");
  return boost::system::in_place_value;
}

Result<std::vector<SeenAction>> EventStore::seen_actions(const std::optional<OrgId>& org,
                                                         std::optional<Timestamp> from) {
  Statement statement("SELECT toString(action), count(), max(received_at) FROM " + impl_->table() +
                      " WHERE occurred_at >= {from:Int64}" +
                      (org ? " AND org = {org:String}" : "") +
                      " GROUP BY action ORDER BY action FORMAT RowBinary");
  statement.integer("from", from ? to_micros(*from) : 0)
      .setting("max_memory_usage", impl_->settings.query_memory_max);
  if (org) statement.text("org", org->str());
  const std::string bytes = TRY(impl_->server.run(statement, impl_->settings.query_time_max));
  std::vector<SeenAction> seen;
  BinaryCursor cursor(bytes);
  while (cursor.position() < bytes.size()) {
    SeenAction& one = seen.emplace_back();
    one.action = cursor.text();
    one.events = cursor.number<std::uint64_t>();
    one.last_received_at = from_micros(cursor.number<std::int64_t>());
    if (cursor.short_of_bytes()) return bad_row("the event store gave no list of actions");
  }
  return seen;
}

Result<HighWater> EventStore::high_water() {
  HighWater marks;
  const std::string orgs =
      TRY(impl_->server.run(Statement("SELECT org, min(seq), max(seq), count() FROM " +
                                      impl_->table() + " GROUP BY org FORMAT RowBinary"),
                            impl_->settings.insert_time_max));
  BinaryCursor cursor(orgs);
  while (cursor.position() < orgs.size()) {
    auto org = OrgId::parse(cursor.text());
    const Seq first{cursor.number<std::uint64_t>()}, last{cursor.number<std::uint64_t>()};
    const auto rows = cursor.number<std::uint64_t>();
    if (!org || cursor.short_of_bytes())
      return bad_row("the event store gave no list of organizations");
    marks.orgs.push_back({*std::move(org), first, last, rows});
  }
  const std::string last = TRY(impl_->server.run(
      Statement("SELECT max(batch), max(received_at) FROM " + impl_->table() + " FORMAT RowBinary"),
      impl_->settings.insert_time_max));
  BinaryCursor numbers(last);
  marks.last_batch = numbers.number<std::uint64_t>();
  marks.last_received_at = from_micros(numbers.number<std::int64_t>());
  if (numbers.short_of_bytes()) return bad_row("the event store gave no marks");
  return marks;
}

}  // namespace trailkeeper::events
