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

}  // namespace trailkeeper::query
