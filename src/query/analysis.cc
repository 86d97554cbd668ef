#include "query/analysis.h"

#include <algorithm>
#include <array>

namespace trailkeeper::query {
namespace {

using events::Field;
using std::chrono::seconds;

constexpr std::int64_t kDay = 86400;
constexpr std::array<std::int64_t, 25> kIntervals{
    1,        2,        5,         10,        15,        30,         60,        120,       300,
    600,      900,      1800,      3600,      2 * 3600,  3 * 3600,   6 * 3600,  12 * 3600, kDay,
    2 * kDay, 7 * kDay, 14 * kDay, 28 * kDay, 91 * kDay, 182 * kDay, 364 * kDay};

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// Without the conditions that choose whole values of `field`.
events::Filter beside(const events::Filter& filter, Field field) {
  events::Filter result = filter;
  std::erase_if(result.terms, [&](const events::Term& term) {
    return term.field == field &&
           std::ranges::all_of(term.any_of, [](const events::Wanted& one) { return one.whole; });
  });
  if (field == Field::category) result.categories.clear();
  if (field == Field::outcome) result.outcomes.clear();
  if (field == Field::crud) result.cruds.clear();
  if (field == Field::status) result.http_statuses.clear();
  if (field == Field::action) result.actions.clear();
  if (field == Field::ip) result.ip.clear();
  return result;
}

}  // namespace

Grid choose_grid(Timestamp from, Timestamp to, std::size_t buckets_max, Duration offset) {
  const std::int64_t first = to_micros(from), end = std::max(to_micros(to), first + 1);
  const std::int64_t shift = std::chrono::duration_cast<std::chrono::microseconds>(offset).count();
  for (std::int64_t factor = 1;; factor *= 2) {
    for (const std::int64_t candidate : kIntervals) {
      // Beyond the list, multiples of its last.
      if (factor > 1 && candidate != kIntervals.back()) continue;
      const std::int64_t interval = candidate * factor * 1'000'000;
      // 1970-01-05 was a Monday.
      const std::int64_t base = candidate % (7 * kDay) == 0 ? 4 * kDay * 1'000'000 - shift : -shift;
      const std::int64_t origin = base + floor_div(first - base, interval) * interval;
      const std::int64_t buckets = floor_div(end - 1 - origin, interval) + 1;
      if (buckets <= static_cast<std::int64_t>(buckets_max))
        return {std::chrono::microseconds(interval), from_micros(origin)};
    }
  }
}

Result<Facets> Analysis::facets(const Scope& scope, const std::vector<Field>& fields,
                                std::size_t limit) const {
  const events::Filter filter = effective(scope.filter, scope.visible_from, clock_.now());
  Facets facets{.fields = {}, .watermark = journal_.watermark()};
  for (const Field field : fields) facets.fields.push_back({.field = field});
  // Fields that mean the same entries are counted at once: all of them, but for those that the
  // filter chooses values of.
  std::vector<bool> is_counted(fields.size());
  for (std::size_t first = 0; first < fields.size(); ++first) {
    if (is_counted[first]) continue;
    const events::Filter counted = beside(filter, fields[first]);
    std::vector<Field> alike;
    std::vector<std::size_t> places;
    for (std::size_t i = first; i < fields.size(); ++i) {
      if (is_counted[i] || std::ranges::find(alike, fields[i]) != alike.end() ||
          beside(filter, fields[i]) != counted) {
        continue;
      }
      is_counted[i] = true;
      alike.push_back(fields[i]);
      places.push_back(i);
    }
    auto found = TRY(store_.counts().facets(scope.org, counted, alike, limit + 1));
    for (std::size_t i = 0; i < places.size(); ++i) {
      Facet& facet = facets.fields[places[i]];
      facet.values = std::move(found[i]);
      facet.more = facet.values.size() > limit;
      if (facet.more) facet.values.pop_back();
    }
  }
  return facets;
}

Result<Histogram> Analysis::histogram(const Scope& scope, std::size_t buckets_max,
                                      Duration offset) const {
  const Timestamp now = clock_.now();
  const events::Filter filter = effective(scope.filter, scope.visible_from, now);
  Histogram result{.from = *filter.from, .watermark = journal_.watermark()};
  if (filter.to) {
    result.to = std::max(*filter.to, *filter.from);
  } else {
    events::Filter ahead = filter;
    ahead.from = std::max(now, *filter.from);
    const auto newest = TRY(store_.counts().newest(scope.org, ahead));
    result.to = std::max(newest ? *newest + std::chrono::microseconds(1) : now, *filter.from);
  }
  const Grid grid = choose_grid(result.from, result.to, buckets_max, offset);
  result.interval = grid.interval;
  events::Filter counted = filter;
  counted.to = result.to;
  const auto found = TRY(store_.counts().buckets(scope.org, counted, grid.origin, grid.interval));
  for (Timestamp start = grid.origin; start < result.to; start += grid.interval)
    result.buckets.push_back({.start = start});
  for (const events::Bucket& bucket : found) {
    const auto number = static_cast<std::size_t>(bucket.number);
    if (number >= result.buckets.size()) continue;
    result.buckets[number].count = bucket.count;
    result.buckets[number].failed = bucket.failed;
  }
  return result;
}

Result<std::vector<events::CountedValue>> Analysis::values(const Scope& scope, Field field,
                                                           std::string_view part,
                                                           std::size_t limit) const {
  const events::Filter filter = effective(scope.filter, scope.visible_from, clock_.now());
  return store_.counts().values(scope.org, filter, {field, std::string(part), limit});
}

}  // namespace trailkeeper::query
