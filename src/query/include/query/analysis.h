#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/query.h"

// What a filter finds, counted: by value of a field, and over time. All of it holds the viewing
// window as search() does.
namespace trailkeeper::query {

// Who asks for what.
struct Scope {
  OrgId org;
  events::Filter filter{};  // without `from`: the last 30 days, open at the top
  // Nothing that occurred before it is counted; empty for keys.
  std::optional<Timestamp> visible_from{};
};

struct Facet {
  events::Field field{};
  std::vector<events::CountedValue> values{};
  bool more = false;  // there are more values than were asked for
};

struct Facets {
  std::vector<Facet> fields;
  Timestamp watermark;
};

struct HistogramBucket {
  Timestamp start;
  std::uint64_t count = 0;
  std::uint64_t failed = 0;
};

struct Histogram {
  Duration interval{};
  Timestamp from;
  Timestamp to;  // exclusive
  std::vector<HistogramBucket> buckets;
  Timestamp watermark;
};

inline constexpr std::size_t kBucketsMax = 500;

// The shortest of the round intervals with which the range takes at most `buckets_max` buckets that
// begin at multiples of it (weeks on Mondays) in a zone `offset` east of UTC, and where the first
// begins.
struct Grid {
  Duration interval{};
  Timestamp origin;
};
Grid choose_grid(Timestamp from, Timestamp to, std::size_t buckets_max, Duration offset);

// Thread-safe; calls block on the event store. Errors are those of the event store.
class Analysis {
 public:
  Analysis(const events::EventStore& store, const journal::Journal& journal, const Clock& clock)
      : store_(store), journal_(journal), clock_(clock) {}

  // The most frequent values of each field. A field's own conditions with whole values do not
  // apply to it, so that another value can be chosen beside the one that is.
  Result<Facets> facets(const Scope& scope, const std::vector<events::Field>& fields,
                        std::size_t limit) const;
  // REQUIRES: 1 <= buckets_max <= kBucketsMax.
  Result<Histogram> histogram(const Scope& scope, std::size_t buckets_max, Duration offset) const;
  // Completion: the values of one field that contain `part`.
  Result<std::vector<events::CountedValue>> values(const Scope& scope, events::Field field,
                                                   std::string_view part, std::size_t limit) const;

 private:
  const events::EventStore& store_;
  const journal::Journal& journal_;
  const Clock& clock_;
};

}  // namespace trailkeeper::query
