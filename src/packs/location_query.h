#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace trailkeeper::packs {

// One `objects(PATH [, FORMAT [, STRUCTURE]])` of a query. All are expressions of the vendor's, and
// PATH may hold `:org` and the other parameters.
struct LocationPlace {
  std::string path;
  std::string format;     // a checked name; empty: by the name's ending
  std::string structure;  // with its quotes; empty: as the files say
  bool of_org = false;    // :org is in the path
};

// A vendor's query, taken apart at its places: texts[0] places[0] texts[1] ...
struct LocationQuery {
  std::vector<std::string> texts;
  std::vector<LocationPlace> places;
};

// `invalid` with pointer /query: no objects(), other arguments than said, another table function
// that reads something, or parse_query()'s reasons.
Result<LocationQuery> parse_location_query(const std::string& query);

}  // namespace trailkeeper::packs
