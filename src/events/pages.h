#pragma once

#include <vector>

#include "conditions.h"
#include "plenty.h"
#include "reader.h"
#include "row_cache.h"

namespace trailkeeper::events {

// Pages of rows. The store is asked for the places of the rows alone, two columns, and for the rows
// themselves only where they are not in memory: opening and unpacking two dozen columns is most of
// what a page costs (docs/decisions/0052). Thread-safe; calls block.
class Pages {
 public:
  // `reader` must outlive it.
  explicit Pages(Reader& reader) : reader_(reader), cache_(reader.settings.rows_kept_bytes) {}

  Result<Page> search(const OrgId& org, const Filter& filter, const PageRequest& request);
  // Rows of the store are taken out: call it before and after.
  void forget();

 private:
  Result<Page> search_by_seq(const OrgId& org, const Filter& filter, const PageRequest& request);
  Result<std::vector<Position>> newest_places(const OrgId& org, const Filter& filter,
                                              const std::string& name, std::size_t wanted);
  Result<std::vector<Position>> find_places(const Conditions& conditions, Order order,
                                            std::size_t limit, bool in_order);
  Result<std::vector<StoredRow>> rows_at(const OrgId& org, const std::vector<Position>& places);
  Result<std::vector<RowCache::Row>> read_rows(const OrgId& org,
                                               const std::vector<Position>& places);

  Reader& reader_;
  RowCache cache_;
  Plenty plenty_;
};

}  // namespace trailkeeper::events
