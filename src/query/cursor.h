#pragma once

#include <optional>
#include <string>

#include "query/query.h"

namespace trailkeeper::query {

// A place in one search. The text is opaque: it carries a keyed hash over org, filter and order, so
// that it opens nothing else and cannot be made up (promise 7).
struct Cursor {
  events::Position position;
  events::Total total;  // as counted for the first page

  std::string encode(const SearchRequest& request, const journal::Journal& journal) const;
  // Empty when it is not one of ours for this very search.
  static std::optional<Cursor> decode(std::string_view text, const SearchRequest& request,
                                      const journal::Journal& journal);
};

}  // namespace trailkeeper::query
