#include "query/feed.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace trailkeeper::query {
namespace {

struct Fields {
  std::uint64_t after;
  std::int64_t watermark;
};

journal::KeyHash cursor_hash(const Fields& fields, const OrgId& org,
                             const journal::Journal& journal) {
  std::string text = "feed cursor";
  text.append(reinterpret_cast<const char*>(&fields), sizeof fields);
  text += org.str();
  return journal.keyed_hash(text);
}

Error entry_missing(Seq seq) {
  return Error{ErrorKind::unavailable,
               "entry_missing",
               "Entry " + std::to_string(seq.value) +
                   " is not in the event store at this moment; ask again later. If that lasts, the "
                   "operator has to look.",
               {},
               std::chrono::seconds(1)};
}

}  // namespace

std::string feed_cursor(const OrgId& org, const FeedPosition& position,
                        const journal::Journal& journal) {
  const Fields fields{position.after.value, to_micros(position.watermark)};
  std::string bytes(reinterpret_cast<const char*>(&fields), sizeof fields);
  bytes += as_text(cursor_hash(fields, org, journal));
  return to_base64url(bytes);
}

std::optional<FeedPosition> read_feed_cursor(std::string_view text, const OrgId& org,
                                             const journal::Journal& journal) {
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != sizeof(Fields) + sizeof(journal::KeyHash)) return std::nullopt;
  Fields fields;
  std::memcpy(&fields, bytes->data(), sizeof fields);
  const journal::KeyHash expected = cursor_hash(fields, org, journal);
  if (!crypto::constant_time_equal(as_text(expected),
                                   std::string_view(*bytes).substr(sizeof fields))) {
    return std::nullopt;
  }
  return FeedPosition{Seq{fields.after}, from_micros(fields.watermark)};
}

Result<FeedPosition> Feed::position(const OrgId& org, std::string_view cursor) const {
  if (const auto found = read_feed_cursor(cursor, org, journal_)) return *found;
  return Error{ErrorKind::invalid,
               "bad_cursor",
               "The cursor is none of this feed; start again without one.",
               {{"cursor", "bad_cursor", "It must be the next_cursor of the page before."}}};
}

Result<FeedPage> Feed::read(const FeedRequest& request) const {
  if (request.limit < 1 || request.limit > kFeedRowsMax) {
    return Error{ErrorKind::invalid, "out_of_range", "limit must be from 1 to 1000."};
  }
  if (request.filter) return read_matching(request);
  // In this order: what was received before `stored_until` has a seq up to `head`.
  const Timestamp stored_until = journal_.watermark();
  const Seq head = journal_.last_seq(request.org);
  FeedPage page{.records = {}, .next = request.from};
  if (head > page.next.after) {
    const Seq first{page.next.after.value + 1};
    const Seq last{std::min(head.value, page.next.after.value + request.limit)};
    std::size_t bytes = 0;
    bool gap = false;
    TRY(store_.read_seqs(request.org, first, last, [&](events::StoredRow&& row) {
      gap = row.seq.value != page.next.after.value + 1;
      if (gap) return false;
      page.records.push_back(row.record());
      bytes += page.records.back().size();
      page.next = {row.seq, std::max(page.next.watermark, row.received_at)};
      return bytes < kFeedPageBytes;
    }));
    if (gap && page.records.empty()) return entry_missing(first);
    const bool full = page.next.after == last || bytes >= kFeedPageBytes;
    page.has_more = full && page.next.after < head;
  }
  if (page.next.after >= head) page.next.watermark = std::max(page.next.watermark, stored_until);
  return page;
}

// What may not be stored yet is left for later, whatever of it can be read already: nothing is
// skipped.
Result<FeedPage> Feed::read_matching(const FeedRequest& request) const {
  FeedPage page{.records = {}, .next = request.from};
  const FeedPosition head = TRY(stored_until(request.org, request.from.after));
  page.next.watermark = std::max(page.next.watermark, head.watermark);
  if (head.after <= request.from.after) return page;
  events::Filter filter = *request.filter;
  filter.after_seq = request.from.after;
  filter.last_seq = filter.last_seq ? std::min(*filter.last_seq, head.after) : head.after;
  const events::Page found = TRY(
      store_.search(request.org, filter, {.order = events::Order::by_seq, .limit = request.limit}));
  for (const events::StoredRow& row : found.rows) page.records.push_back(row.record());
  page.has_more = found.has_more;
  page.next.after = found.has_more ? found.rows.back().seq : head.after;
  return page;
}

// Most of the time that is all there is; else it is among the last that were committed.
Result<FeedPosition> stored_until(const events::EventStore& store, const journal::Journal& journal,
                                  const OrgId& org, Seq at_least) {
  constexpr std::uint64_t kNear = 100'000;
  const Timestamp watermark = journal.watermark();
  const Seq committed = journal.last_seq(org);
  const journal::Depth depth = journal.depth();
  if (depth.stored >= depth.committed || committed <= at_least)
    return FeedPosition{std::max(committed, at_least), watermark};
  if (const auto head = store.stored_head(org))
    return FeedPosition{std::max(*head, at_least), watermark};
  const Seq near{committed.value > kNear ? committed.value - kNear : 0};
  const Seq beyond = std::max(near, at_least);
  Seq head = TRY(store.counts().last_received_before(org, watermark, beyond));
  // Among the near ones nothing is stored yet: it lies further back.
  if (head == beyond && beyond > at_least)
    head = TRY(store.counts().last_received_before(org, watermark, at_least));
  return FeedPosition{head, watermark};
}

}  // namespace trailkeeper::query
