#include "events/store.h"

#include <utility>

#include "binary.h"
#include "clickhouse.h"
#include "conditions.h"
#include "decode.h"
#include "insert.h"
#include "schema.h"
#include "shown.h"

namespace trailkeeper::events {
namespace {

using std::chrono::milliseconds;

Error bad_row(const char* message) { return Error{ErrorKind::failed, "bad_row", message}; }

}  // namespace

struct EventStore::Impl {
  Impl(StoreSettings given, httpc::Client& client)
      : settings(std::move(given)), server(settings, client) {}

  std::string table() const { return settings.database + ".entries"; }

  // SELECT of whole rows.
  Statement select_rows(const std::string& rest) const {
    Statement statement("SELECT " + selected_columns() + " FROM " + table() + rest +
                        " FORMAT RowBinary");
    statement.setting("max_memory_usage", settings.query_memory_max);
    return statement;
  }

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

  Result<> stream_rows(const Statement& statement, milliseconds time_max, const RowSink& sink) {
    return stream(statement, time_max, [&](RowReader& reader) -> Result<Step> {
      std::optional<StoredRow> row = TRY(reader.next());
      if (!row) return Step::need_more;
      return sink(*std::move(row)) ? Step::again : Step::end;
    });
  }

  enum class Step { again, need_more, end };
  // Calls `read` until it needs more bytes, as often as bytes come.
  Result<> stream(const Statement& statement, milliseconds time_max,
                  const std::function<Result<Step>(RowReader&)>& read) {
    RowReader reader;
    Step step = Step::again;
    auto done = server.stream(statement, time_max, [&](std::string_view chunk) -> Result<bool> {
      reader.feed(chunk);
      do {
        step = TRY(read(reader));
      } while (step == Step::again);
      return step != Step::end;
    });
    if (!done) return std::move(done).error();
    if (step != Step::end && reader.waiting() != 0)
      return bad_row("the event store's answer ends within a row");
    return boost::system::in_place_value;
  }

  // A statement whose answer is one row of numbers in RowBinary.
  Result<std::uint64_t> run_number(Statement statement) {
    statement.setting("max_memory_usage", settings.query_memory_max);
    const std::string bytes = TRY(server.run(statement, settings.query_time_max));
    BinaryCursor cursor(bytes);
    const auto number = cursor.number<std::uint64_t>();
    if (cursor.short_of_bytes()) return bad_row("the event store gave no number");
    return number;
  }

  const StoreSettings settings;
  ClickHouse server;
};

EventStore::EventStore(StoreSettings settings, httpc::Client& client)
    : counts_(settings, client), impl_(std::make_unique<Impl>(std::move(settings), client)) {}
EventStore::~EventStore() = default;

Result<> EventStore::ping() { return impl_->server.ping(); }

Result<> EventStore::migrate() { return events::migrate(impl_->server, impl_->settings); }

Result<> EventStore::insert_batch(const BatchBuilder& rows, const std::string& token) {
  return insert_rows(impl_->server, impl_->settings, rows, token);
}

Result<> EventStore::read_batch(std::uint64_t batch, const RowSink& sink) {
  Statement statement = impl_->select_sorted(" WHERE batch = {batch:UInt64} ORDER BY org, seq");
  // One thread: pages and inserts go first.
  statement.unsigned_integer("batch", batch).setting("max_threads", "1");
  return impl_->stream_rows(statement, impl_->settings.insert_time_max, sink);
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
  using Step = Impl::Step;
  TRY(impl_->stream(statement, impl_->settings.insert_time_max,
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
  return impl_->run_number(std::move(statement));
}

Result<> EventStore::delete_batch(std::uint64_t batch) {
  Statement statement("ALTER TABLE " + impl_->table() + " DELETE WHERE batch = {batch:UInt64}");
  statement.unsigned_integer("batch", batch).setting("mutations_sync", "2");
  auto done = impl_->server.run(statement, impl_->settings.insert_time_max);
  if (!done) return std::move(done).error();
  return boost::system::in_place_value;
}

Result<Page> EventStore::search(const OrgId& org, const Filter& filter, const PageRequest& page) {
  Conditions conditions(org, impl_->table());
  conditions.add(filter);
  if (page.after) conditions.add_after(*page.after, page.order);
  Statement statement = impl_->select_rows(" WHERE " + conditions.sql() + order_by(page.order) +
                                           " LIMIT {page_limit:UInt64}");
  conditions.bind(statement);
  // One more than asked tells whether there are more.
  statement.unsigned_integer("page_limit", page.limit + 1);
  Page result;
  auto done = impl_->stream_rows(statement, impl_->settings.query_time_max, [&](StoredRow&& row) {
    result.rows.push_back(std::move(row));
    return true;
  });
  if (!done) return std::move(done).error();
  result.has_more = result.rows.size() > page.limit;
  if (result.has_more) result.rows.pop_back();
  return result;
}

Result<Total> EventStore::count(const OrgId& org, const Filter& filter, std::uint64_t cap) {
  Conditions conditions(org, impl_->table());
  conditions.add(filter);
  Statement statement("SELECT count() FROM (SELECT 1 FROM " + impl_->table() + " WHERE " +
                      conditions.sql() + " LIMIT {cap:UInt64}) FORMAT RowBinary");
  conditions.bind(statement);
  statement.unsigned_integer("cap", cap + 1);
  const std::uint64_t found = TRY(impl_->run_number(std::move(statement)));
  return found > cap ? Total{cap, false} : Total{found, true};
}

Result<std::optional<StoredRow>> EventStore::get(const OrgId& org, const Uuid& id) {
  Statement statement =
      impl_->select_rows(" WHERE org = {org:String} AND id = unhex({id:String}) LIMIT 1");
  statement.text("org", org.str()).text("id", to_hex(as_text(id.bytes)));
  std::optional<StoredRow> found;
  auto done = impl_->stream_rows(statement, impl_->settings.query_time_max, [&](StoredRow&& row) {
    found = std::move(row);
    return true;
  });
  if (!done) return std::move(done).error();
  return found;
}

Result<> EventStore::read_seqs(const OrgId& org, Seq first, Seq last, const RowSink& sink) {
  return impl_->stream_rows(impl_->select_seqs(org, first.value, last.value),
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
    TRY(impl_->stream_rows(impl_->select_seqs(org, start, end), impl_->settings.stream_time_max,
                           forward));
  }
  return boost::system::in_place_value;
}

Result<> EventStore::stream_matches(const OrgId& org, const Filter& filter, Order order,
                                    const RowSink& sink) {
  Conditions conditions(org, impl_->table());
  conditions.add(filter);
  Statement statement = impl_->select_streamed(" WHERE " + conditions.sql() + order_by(order));
  conditions.bind(statement);
  return impl_->stream_rows(statement, impl_->settings.stream_time_max, sink);
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
