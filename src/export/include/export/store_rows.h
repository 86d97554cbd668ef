#pragma once

#include <functional>
#include <string>
#include <vector>

#include "events/store.h"
#include "export/row_source.h"
#include "journal/journal.h"

namespace trailkeeper::exports {

// The actions that the vendor marked as critical, at present.
using CriticalActions = std::function<std::vector<std::string>()>;

// The rows of the event store; what it holds is known by the journal. All must outlive it.
class StoreRows final : public RowSource {
 public:
  StoreRows(events::EventStore& store, const journal::Journal& journal, CriticalActions critical)
      : store_(store), journal_(journal), critical_(std::move(critical)) {}

  Seq last_seq(const OrgId& org) override;
  bool holds_until(Timestamp time) override;
  Result<std::uint64_t> count_rows(const RowQuery& query) override;
  Result<Sample> sample(const RowQuery& query) override;
  Result<> stream(const RowQuery& query, Format format, const ChunkSink& sink) override;

 private:
  Result<> stream_csv(const RowQuery& query, const ChunkSink& sink);
  Result<> stream_lines(const RowQuery& query, const ChunkSink& sink);
  Result<> stream_parquet(const RowQuery& query, const ChunkSink& sink);

  events::Filter filter_of(const RowQuery& query) const;

  events::EventStore& store_;
  const journal::Journal& journal_;
  const CriticalActions critical_;
};

}  // namespace trailkeeper::exports
