#pragma once

#include <optional>
#include <string>
#include <string_view>

// Just enough of SQL's outer form to know how a statement has to be run. Nothing here decides what
// is allowed.
namespace trailkeeper::engine {

enum class StatementKind {
  rows,    // SELECT and WITH: streamed
  insert,  // INSERT ... FORMAT name, its data apart
  other,   // everything else: run whole, the answer is small
};

struct Statement {
  StatementKind kind = StatementKind::other;
  std::string_view text;    // the statement; for `insert` without its FORMAT clause
  std::string_view format;  // of an insert's data
  std::string_view data;    // what follows FORMAT in an insert's text, without the line's end
};

// `sql` must outlive the answer. Quotes, backticks, brackets and comments are skipped as ClickHouse
// does.
Statement classify(std::string_view sql);

}  // namespace trailkeeper::engine
