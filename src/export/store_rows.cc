#include "export/store_rows.h"

#include <limits>
#include <string>

#include "event/csv.h"

namespace trailkeeper::exports {

namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;

}  // namespace

Seq StoreRows::last_seq(const OrgId& org) { return journal_.last_seq(org); }

bool StoreRows::holds_until(Timestamp time) { return journal_.watermark() > time; }

Result<std::uint64_t> StoreRows::count_rows(const RowQuery& query) {
  // Far above any trail, and still a number that every column type takes.
  constexpr std::uint64_t kAll = 1'000'000'000'000;
  return TRY(store_.count(query.org, query.filter, kAll)).value;
}

Result<> StoreRows::stream_csv(const RowQuery& query, const ChunkSink& sink) {
  std::string chunk;
  bool wanted = true;
  TRY(store_.stream_shown(query.org, query.filter, events::Order::newest_first,
                            [&](const event::EventView& event) {
                              event::append_csv_row(chunk, event);
                              if (chunk.size() < kChunkBytes) return true;
                              wanted = sink(chunk);
                              chunk.clear();
                              return wanted;
                            }));
  if (wanted && !chunk.empty()) sink(chunk);
  return {};
}

}  // namespace trailkeeper::exports
