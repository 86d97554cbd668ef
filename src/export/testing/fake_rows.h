#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "event/csv.h"
#include "export/row_source.h"

namespace trailkeeper::exports {

// An event store in memory that can lag behind, break in the middle and be slow. For one thread at
// a time.
class FakeRows final : public RowSource {
 public:
  // Adds an event of that org; its seq is the next one.
  void add(const OrgId& org, Timestamp occurred_at, const std::string& email,
           const std::string& area = "Area") {
    event::StoredEvent stored;
    stored.seq = Seq{last_seq(org).value + 1};
    stored.event.organization_id = org.str();
    stored.event.action = "thing.done";
    stored.event.occurred_at = occurred_at;
    stored.event.actor.id = email;
    stored.event.actor.email = email;
    stored.event.area = area;
    events_.push_back(std::move(stored));
  }

  // The rows of an answer, rendered without the machinery under test.
  std::string expected(const RowQuery& query) const {
    std::string out = event::csv_header();
    for (const auto& stored : matches(query)) event::append_csv_row(out, stored);
    return out;
  }

  Seq last_seq(const OrgId& org) override {
    Seq last;
    for (const auto& stored : events_) {
      if (stored.event.organization_id == org.str()) last = std::max(last, stored.seq);
    }
    return last;
  }
  bool holds_until(Timestamp time) override { return time < held_until; }
  Result<std::uint64_t> count_rows(const RowQuery& query) override {
    if (fault) return *fault;
    return matches(query).size();
  }

  Result<Sample> sample(const RowQuery& query) override {
    if (fault) return *fault;
    const std::uint64_t rows = matches(query).size();
    return Sample{rows, rows * 10, rows * 100, rows * 20};
  }

  // In every form the same text, which is enough here.
  Result<> stream(const RowQuery& query, Format format, const ChunkSink& sink) override {
    ++streams;
    formats.push_back(format);
    if (!sink(event::csv_header(), 0)) return {};
    std::size_t given = 0;
    for (const auto& stored : matches(query)) {
      if (given == fail_after)
        return fault ? *fault : Error{ErrorKind::unavailable, "store_down", "Gone."};
      std::string row;
      event::append_csv_row(row, stored);
      // Pieces end anywhere.
      const std::size_t half = row.size() / 2;
      if (!sink(row.substr(0, half), 0) || !sink(row.substr(half), 1)) return {};
      ++given;
      if (after_row) after_row(given);
    }
    return {};
  }

  Timestamp held_until = Timestamp::max();
  std::size_t fail_after = std::numeric_limits<std::size_t>::max();
  std::optional<Error> fault;
  std::function<void(std::size_t rows)> after_row;
  int streams = 0;
  std::vector<Format> formats;

 private:
  std::vector<event::StoredEvent> matches(const RowQuery& query) const {
    std::vector<event::StoredEvent> found;
    const events::Filter& filter = query.filter;
    for (const auto& stored : events_) {
      const Timestamp time = stored.event.occurred_at;
      const bool wanted = stored.event.organization_id == query.org.str() &&
                          (!filter.from || time >= *filter.from) &&
                          (!filter.to || time < *filter.to) &&
                          (!filter.last_seq || stored.seq <= *filter.last_seq) &&
                          stored.event.actor.email->find(filter.email) != std::string::npos;
      if (wanted) found.push_back(stored);
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::pair(b.event.occurred_at, b.seq) < std::pair(a.event.occurred_at, a.seq);
    });
    return found;
  }

  std::vector<event::StoredEvent> events_;
};

}  // namespace trailkeeper::exports
