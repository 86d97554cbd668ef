#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "json/writer.h"
#include "query_reader.h"

// What WorkOS' answers have in common.
namespace trailkeeper::api {

// A part of a list as their clients ask for it: `limit`, `before`, `after`, `order`.
struct WorkosPage {
  std::size_t limit = 10;
  std::string before;
  std::string after;
  bool ascending = false;
};
WorkosPage read_workos_page(QueryReader& query);

// One list, of items whose ids stand in `ids` in the order of their making: writes
// {"object": "list", "data": [...], "list_metadata": {"before", "after"}}. `write` is given an
// index of `ids`. An id that is none of the list is its end.
std::string workos_list(const std::vector<std::string>& ids, const WorkosPage& page,
                        const std::function<void(json::Writer&, std::size_t)>& write);

}  // namespace trailkeeper::api
