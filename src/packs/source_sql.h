#pragma once

#include <functional>
#include <string>
#include <vector>

#include "packs/parameters.h"
#include "packs/source.h"

// The vendor's query and what is put around it, the same for every dialect.
namespace trailkeeper::packs {

enum class Bind { org, interval_start, interval_end, after };

struct BoundSql {
  std::string sql;
  std::vector<Bind> binds;  // in the order of their marks
};

enum class Ask {
  rows,        // the query's columns
  count,       // how many rows
  high_water,  // the highest value of the column of `after`, or no row
};

struct SqlStyle {
  Dialect dialect;
  std::function<std::string(std::size_t number, Bind bind)> mark;  // numbers count from 1
  char quote = '"';                                                // around names
  std::string text_type;  // to which a value is cast, such as TEXT
};

// `invalid` with parse_query()'s reasons.
Result<BoundSql> compose(const Pull& pull, Ask ask, const SqlStyle& style);

// 2026-11-23 10:00:00.000000, UTC.
std::string sql_time(Timestamp time);

// The value of days since 1970 of a proleptic Gregorian date; no value for what is none.
std::optional<std::int64_t> parse_date(std::string_view text);
// Microseconds since 1970 of YYYY-MM-DD[ T]HH:MM:SS[.ffffff][Z|+HH[:MM[:SS]]]; finer digits are
// cut.
std::optional<std::int64_t> parse_time(std::string_view text);

Error bad_value(const Column& column);

}  // namespace trailkeeper::packs
