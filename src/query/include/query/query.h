#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "events/store.h"
#include "journal/journal.h"

// Reading an organization's trail: search with stable cursors, one entry by id.
namespace trailkeeper::query {

inline constexpr std::size_t kPageRowsMax = 200;
inline constexpr std::uint64_t kTotalMax = 10'000;
inline constexpr Duration kDefaultRange = std::chrono::hours(24 * 30);

// The filter that is looked for: with a beginning of its range, never before what may be seen (the
// viewing window).
events::Filter effective(const events::Filter& filter, std::optional<Timestamp> visible_from,
                         Timestamp now);

struct SearchRequest {
  OrgId org;
  events::Filter filter{};  // without `from`: the last 30 days, open at the top
  std::size_t limit = 50;   // 1 to kPageRowsMax
  bool ascending = false;
  std::string cursor{};  // of the page before; empty: the first page
  // Nothing that occurred before it is given (the viewing window); empty for keys.
  std::optional<Timestamp> visible_from{};
};

struct Page {
  std::vector<std::string> records;  // exact lines; newest first unless ascending
  std::string next_cursor;           // empty at the end
  Timestamp watermark;               // everything received before it is in the answer
  Seq head_seq;                      // every entry up to this one was looked at
  events::Total total;               // capped at kTotalMax
};

// Thread-safe; calls block on the event store.
class Query {
 public:
  Query(events::EventStore& store, const journal::Journal& journal, const Clock& clock);

  // Errors: `invalid` (code `invalid_cursor`) for a cursor that was made for another org, filter or
  // order, or that we did not make; `invalid` (`out_of_range`) for a limit; those of the event
  // store.
  Result<Page> search(const SearchRequest& request) const;

  // The record, byte for byte. `not_found` when this org has no such entry, or it lies outside what
  // may be seen.
  Result<std::string> get(const OrgId& org, const Uuid& id,
                          std::optional<Timestamp> visible_from) const;

  // The actions of one organization, or of all, with how often and when last they were received.
  // With `visible_from`, of events that occurred from then on.
  Result<std::vector<events::SeenAction>> seen_actions(
      const std::optional<OrgId>& org, std::optional<Timestamp> visible_from) const {
    return store_.seen_actions(org, visible_from);
  }

  // Everything received before this moment is in what search() answers from now on.
  Timestamp watermark() const { return journal_.watermark(); }

 private:
  events::EventStore& store_;
  const journal::Journal& journal_;
  const Clock& clock_;
};

}  // namespace trailkeeper::query
