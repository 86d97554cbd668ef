#include "pages.h"

#include <algorithm>
#include <map>

#include "binary.h"

namespace trailkeeper::events {
namespace {

// What a search is usually counted to.
constexpr std::uint64_t kCountedMax = 10000;
// How many of a search's newest rows are remembered to be no older than some time: one more than
// the largest page has.
constexpr std::size_t kNewest = 201;

Error bad_places() {
  return Error{ErrorKind::failed, "bad_row", "the event store gave no list of places"};
}

// Whether more than the table's key has to be read to tell what matches.
bool reads_texts(Filter filter) {
  filter.from = filter.to = {};
  filter.after_seq = filter.last_seq = {};
  filter.query.clear();
  return filter != Filter{};
}

// Whether events that come later can make another match no more.
bool depends_on_others(const Filter& filter) {
  return std::ranges::any_of(filter.terms,
                             [](const Term& term) { return term.field == Field::is; });
}

// The search but for its beginning.
std::string name_of(const OrgId& org, Filter filter, const std::string& table, std::uint64_t cap) {
  filter.from = {};
  Conditions conditions(org, table);
  conditions.add(filter);
  Statement statement(conditions.sql());
  conditions.bind(statement);
  return std::to_string(cap) + ' ' + statement.query_string() + ' ' + statement.sql();
}

}  // namespace

void Pages::forget() {
  cache_.clear();
  plenty_.clear();
}

Result<Page> Pages::search(const OrgId& org, const Filter& filter, const PageRequest& request) {
  if (request.order == Order::by_seq) return search_by_seq(org, filter, request);
  const std::uint64_t cap = request.count_to.value_or(kCountedMax);
  const std::string name =
      depends_on_others(filter) ? std::string() : name_of(org, filter, reader_.table(), cap);
  const bool plenty = !name.empty() && plenty_.knows(name, filter.from);
  const bool counting = request.count_to && !plenty;
  // One more than asked tells whether there are more. What is counted is what is listed, so one
  // statement does both.
  const std::size_t wanted =
      (counting ? std::max<std::size_t>(cap, request.limit) : request.limit) + 1;
  const bool first_page = request.order == Order::newest_first && !request.after;
  std::vector<Position> places;
  if (plenty && first_page) {
    places = TRY(newest_places(org, filter, name, wanted));
  } else {
    Conditions conditions(org, reader_.table());
    conditions.add(filter);
    if (request.after) conditions.add_after(*request.after, request.order);
    places = TRY(find_places(conditions, request.order, wanted, plenty || !reads_texts(filter)));
  }

  Page page;
  if (plenty && request.count_to) {
    page.total = Total{cap, false};
  } else if (counting) {
    page.total = Total{std::min<std::uint64_t>(places.size(), cap), places.size() <= cap};
    if (places.size() > cap && request.order == Order::newest_first && !name.empty()) {
      plenty_.note(name, places[cap].occurred_at);
      if (first_page && cap >= kNewest)
        plenty_.note_newest(name, kNewest, places[kNewest - 1].occurred_at);
    }
  }
  page.has_more = places.size() > request.limit;
  if (page.has_more) places.resize(request.limit);
  page.rows = TRY(rows_at(org, places));
  return page;
}

// Read since a time that is known to have enough rows, a page is a few granules that are read at
// once; else the store goes back through every part. Whether there were enough shows.
Result<std::vector<Position>> Pages::newest_places(const OrgId& org, const Filter& filter,
                                                   const std::string& name, std::size_t wanted) {
  const std::size_t rows = std::max(wanted, kNewest);
  std::vector<Position> places;
  if (const auto since = plenty_.newest_since(name, wanted)) {
    Filter newest = filter;
    newest.from = std::max(*since, filter.from.value_or(*since));
    Conditions conditions(org, reader_.table());
    conditions.add(newest);
    places = TRY(find_places(conditions, Order::newest_first, rows, false));
  }
  if (places.size() < wanted) {
    Conditions conditions(org, reader_.table());
    conditions.add(filter);
    places = TRY(find_places(conditions, Order::newest_first, rows, true));
  }
  if (places.size() >= rows) plenty_.note_newest(name, rows, places[rows - 1].occurred_at);
  return places;
}

// In the table's order the store stops at the limit, part by part, one thread for all. Where texts
// are searched and there may be few matches, it reads everything at once instead.
Result<std::vector<Position>> Pages::find_places(const Conditions& conditions, Order order,
                                                 std::size_t limit, bool in_order) {
  Statement statement("SELECT occurred_at, seq FROM " + reader_.table() + " WHERE " +
                      conditions.sql() + order_by(order) +
                      " LIMIT {page_limit:UInt64} FORMAT RowBinary");
  conditions.bind(statement);
  statement.unsigned_integer("page_limit", limit)
      .setting("max_memory_usage", reader_.settings.query_memory_max)
      .setting("use_uncompressed_cache", "1");
  if (!in_order)
    statement.setting("optimize_read_in_order", "0").setting("optimize_move_to_prewhere", "0");
  const std::string bytes = TRY(reader_.server.run(statement, reader_.settings.query_time_max));
  std::vector<Position> places;
  BinaryCursor cursor(bytes);
  while (cursor.position() < bytes.size()) {
    const auto time = cursor.number<std::int64_t>();
    const auto seq = cursor.number<std::uint64_t>();
    if (cursor.short_of_bytes()) return bad_places();
    places.push_back({from_micros(time), Seq{seq}});
  }
  return places;
}

Result<std::vector<StoredRow>> Pages::rows_at(const OrgId& org,
                                              const std::vector<Position>& places) {
  std::map<Seq, RowCache::Row> found;
  std::vector<Position> missing;
  for (const Position& place : places) {
    RowCache::Row row = cache_.find(org, place.seq);
    if (row) {
      found.emplace(place.seq, std::move(row));
    } else {
      missing.push_back(place);
    }
  }
  if (!missing.empty()) {
    for (RowCache::Row& row : TRY(read_rows(org, missing))) found.emplace(row->seq, std::move(row));
  }
  std::vector<StoredRow> rows;
  rows.reserve(places.size());
  for (const Position& place : places) {
    const auto row = found.find(place.seq);
    if (row == found.end()) {
      return Error{ErrorKind::unavailable,
                   "store_busy",
                   "the event store is being repaired",
                   {},
                   std::chrono::seconds(1)};
    }
    rows.push_back(*row->second);
  }
  return rows;
}

Result<std::vector<RowCache::Row>> Pages::read_rows(const OrgId& org,
                                                    const std::vector<Position>& places) {
  std::vector<std::int64_t> times, seqs;
  for (const Position& place : places) {
    times.push_back(to_micros(place.occurred_at));
    seqs.push_back(static_cast<std::int64_t>(place.seq.value));
  }
  Statement statement = reader_.select_rows(
      " WHERE org = {org:String} AND occurred_at IN {times:Array(Int64)} AND seq IN "
      "{seqs:Array(UInt64)}");
  statement.text("org", org.str())
      .integers("times", times)
      .integers("seqs", seqs)
      .setting("use_uncompressed_cache", "1");
  const std::uint64_t generation = cache_.generation();
  std::vector<RowCache::Row> rows;
  auto done = reader_.stream_rows(statement, reader_.settings.query_time_max, [&](StoredRow&& row) {
    rows.push_back(std::make_shared<const StoredRow>(std::move(row)));
    return true;
  });
  if (!done) return std::move(done).error();
  for (const RowCache::Row& row : rows) cache_.add(row, generation);
  return rows;
}

Result<Page> Pages::search_by_seq(const OrgId& org, const Filter& filter,
                                  const PageRequest& request) {
  Conditions conditions(org, reader_.table());
  conditions.add(filter);
  Statement statement = reader_.select_rows(" WHERE " + conditions.sql() + order_by(Order::by_seq) +
                                            " LIMIT {page_limit:UInt64}");
  conditions.bind(statement);
  statement.unsigned_integer("page_limit", request.limit + 1);
  Page page;
  auto done = reader_.stream_rows(statement, reader_.settings.query_time_max, [&](StoredRow&& row) {
    page.rows.push_back(std::move(row));
    return true;
  });
  if (!done) return std::move(done).error();
  page.has_more = page.rows.size() > request.limit;
  if (page.has_more) page.rows.pop_back();
  return page;
}

}  // namespace trailkeeper::events
