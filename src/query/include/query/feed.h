#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "events/store.h"
#include "journal/journal.h"

// An organization's trail in the order of commit, for those who follow it.
namespace trailkeeper::query {

inline constexpr std::size_t kFeedRowsMax = 1000;
// A page ends with the entry that reaches it, so that a thousand large entries do not fill the
// memory.
inline constexpr std::size_t kFeedPageBytes = 2u << 20;

// How far a reader of the feed has come.
struct FeedPosition {
  Seq after{};            // the last entry it was given; 0: none yet
  Timestamp watermark{};  // what an earlier page promised, which stays true
  bool operator==(const FeedPosition&) const = default;
};

// A cursor is bound to its org by a keyed hash, so that it opens nothing else and cannot be made up
// (promise 7); it outlives restarts.
std::string feed_cursor(const OrgId& org, const FeedPosition& position,
                        const journal::Journal& journal);
// Empty when it is not one of ours for this org.
std::optional<FeedPosition> read_feed_cursor(std::string_view text, const OrgId& org,
                                             const journal::Journal& journal);

struct FeedRequest {
  OrgId org;
  FeedPosition from{};
  std::size_t limit = 200;  // 1 to kFeedRowsMax
  // Only what it means, of what is stored for certain: the live view of a page. With `from`, for
  // the viewing window.
  std::shared_ptr<const events::Filter> filter{};
};

struct FeedPage {
  // Exact lines; without a filter their seqs follow each other without a gap.
  std::vector<std::string> records;
  FeedPosition next;      // where the next page begins, also when this one is empty
  bool has_more = false;  // the next page has entries at once
  // Every entry received before it is in this page or in one before it.
  Timestamp watermark() const { return next.watermark; }
};

// A place up to which everything is stored for certain, `at_least` or later. Blocks on the event
// store while intake is busy.
Result<FeedPosition> stored_until(const events::EventStore& store, const journal::Journal& journal,
                                  const OrgId& org, Seq at_least);

// Thread-safe; read() blocks on the event store.
class Feed {
 public:
  Feed(events::EventStore& store, const journal::Journal& journal)
      : store_(store), journal_(journal) {}

  // The entries that follow without a gap: what is not readable yet ends the page, so nothing is
  // ever skipped, in whatever order the store gets its rows. Errors: `invalid` (`out_of_range`) for
  // a limit; `unavailable` (`entry_missing`) when the very next entry is not there but later ones
  // are, as while a damaged batch is stored again; those of the event store.
  Result<FeedPage> read(const FeedRequest& request) const;
  // A place up to which everything is stored for certain, `at_least` or later.
  Result<FeedPosition> stored_until(const OrgId& org, Seq at_least) const {
    return query::stored_until(store_, journal_, org, at_least);
  }

  // Quick: whether anything beyond `position` was committed; it may not be readable yet.
  bool committed_beyond(const OrgId& org, const FeedPosition& position) const {
    return journal_.last_seq(org) > position.after;
  }

  std::string cursor(const OrgId& org, const FeedPosition& position) const {
    return feed_cursor(org, position, journal_);
  }
  // `invalid`, code `bad_cursor`.
  Result<FeedPosition> position(const OrgId& org, std::string_view cursor) const;

 private:
  Result<FeedPage> read_matching(const FeedRequest& request) const;

  events::EventStore& store_;
  const journal::Journal& journal_;
};

}  // namespace trailkeeper::query
