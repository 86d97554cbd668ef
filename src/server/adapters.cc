#include "adapters.h"

namespace trailkeeper::server {

Result<deliver::Cut> JournalCuts::close(const OrgId& org, Timestamp end) {
  const auto cuts = journal_.cut({org}, end);
  if (cuts) {
    const journal::Cut& cut = cuts->front();
    return deliver::Cut{cut.end, cut.last_seq, cut.position};
  }
  if (cuts.error().code != "window_open") return cuts.error();
  return deliver::Cut{end, TRY(records_.last_seq_before(org, end)), 0};
}

bool JournalCuts::stored(const deliver::Cut& cut) const {
  return journal_.depth().stored > cut.position;
}

Result<> StoreRecords::read(const OrgId& org, Seq first, Seq last,
                            const std::function<bool(Seq seq, std::string_view line)>& line) {
  bool stopped = false;
  TRY(store_.stream_range(org, first, last, [&](events::StoredRow&& row) {
    stopped = !line(row.seq, row.record());
    return !stopped;
  }));
  if (stopped) return Error{ErrorKind::unavailable, "cancelled", "The reader stopped."};
  return {};
}

Result<std::optional<Timestamp>> StoreRecords::received_at(const OrgId& org, Seq seq) {
  std::optional<Timestamp> time;
  TRY(store_.stream_range(org, seq, seq, [&](events::StoredRow&& row) {
    time = row.received_at;
    return true;
  }));
  return time;
}

Result<Seq> StoreRecords::last_seq_before(const OrgId& org, Timestamp time) {
  if (journal_.watermark() < time) {
    return Error{
        ErrorKind::unavailable, "not_stored",
        "What " + org.str() + " received before " + format_rfc3339(time) + " is not stored yet."};
  }
  // Times of receipt never go back within an org, so the border is found by halving. What is not
  // stored yet came later than the watermark.
  std::uint64_t before = 0;
  std::uint64_t from = journal_.last_seq(org).value + 1;
  while (from - before > 1) {
    const std::uint64_t middle = before + (from - before) / 2;
    const std::optional<Timestamp> received = TRY(received_at(org, Seq{middle}));
    if (received && *received < time) {
      before = middle;
    } else {
      from = middle;
    }
  }
  return Seq{before};
}

}  // namespace trailkeeper::server
