#include "query/query.h"

#include <algorithm>

#include "cursor.h"
#include "query/feed.h"

namespace trailkeeper::query {
namespace {

Error no_entry() { return Error{ErrorKind::not_found, "no_entry", "There is no such entry."}; }

}  // namespace

events::Filter effective(const events::Filter& filter, std::optional<Timestamp> visible_from,
                         Timestamp now) {
  events::Filter result = filter;
  if (!result.from) result.from = now - kDefaultRange;
  if (visible_from) result.from = std::max(*result.from, *visible_from);
  return result;
}

Query::Query(events::EventStore& store, const journal::Journal& journal, const Clock& clock)
    : store_(store), journal_(journal), clock_(clock) {}

Result<Page> Query::search(const SearchRequest& request) const {
  if (request.limit < 1 || request.limit > kPageRowsMax) {
    return Error{ErrorKind::invalid, "out_of_range", "limit must be from 1 to 200."};
  }
  std::optional<Cursor> cursor;
  if (!request.cursor.empty()) {
    cursor = Cursor::decode(request.cursor, request, journal_);
    if (!cursor)
      return Error{ErrorKind::invalid, "invalid_cursor",
                   "This cursor does not belong to this search."};
  }
  const events::Filter filter = effective(request.filter, request.visible_from, clock_.now());
  events::PageRequest page_request{
      request.ascending ? events::Order::oldest_first : events::Order::newest_first, std::nullopt,
      request.limit};
  if (cursor) {
    page_request.after = cursor->position;
  } else {
    page_request.count_to = kTotalMax;
  }

  Page page;
  // Read before the rows: what it promises is then in them.
  page.watermark = journal_.watermark();
  page.head_seq = TRY(stored_until(store_, journal_, request.org, Seq{0})).after;
  const events::Page found = TRY(store_.search(request.org, filter, page_request));
  page.total = cursor ? cursor->total : found.total.value_or(events::Total{});
  for (const events::StoredRow& row : found.rows) page.records.push_back(row.record());
  if (found.has_more) {
    const events::StoredRow& last = found.rows.back();
    page.next_cursor = Cursor{{last.occurred_at, last.seq}, page.total}.encode(request, journal_);
  }
  return page;
}

Result<std::string> Query::get(const OrgId& org, const Uuid& id,
                               std::optional<Timestamp> visible_from) const {
  const std::optional<events::StoredRow> row = TRY(store_.get(org, id));
  if (!row || (visible_from && row->occurred_at < *visible_from)) return no_entry();
  return row->record();
}

}  // namespace trailkeeper::query
