#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace trailkeeper::packs {

enum class Parameter { org, interval_start, interval_end };

// A vendor's query, taken apart at its parameters: texts[0] parameters[0] texts[1] ... A source
// puts its own marks (`$1`, `?`) between the texts and binds the values in this order.
struct ParsedQuery {
  std::vector<std::string> texts;  // one more than parameters
  std::vector<Parameter> parameters;
};

// What the text of a query looks like to a parser of parameters.
enum class Dialect {
  postgresql,  // '..', E'..\'..', "..", $tag$..$tag$, -- and nested /* */; `::` is a cast
  mysql,       // '..' and ".." with backslashes, `..`, # and -- and /* */
  clickhouse,  // as mysql, without #
};

// Finds `:org`, `:interval_start` and `:interval_end` outside of quotes and comments. `invalid`
// with pointer /query: another name after a colon, a quote or comment without an end, a semicolon
// (but for one at the end, which is taken away), no `:org`, NUL.
Result<ParsedQuery> parse_query(std::string_view query, Dialect dialect);

}  // namespace trailkeeper::packs
