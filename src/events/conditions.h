#pragma once

#include <optional>
#include <string>

#include "events/filter.h"
#include "statement.h"

namespace trailkeeper::events {

// What is searched for pieces of text; the number is that of its piece in the column `folded`.
enum class Searched : std::uint8_t { name = 1, username, email, action, label, area };

// A WHERE clause and its parameters, from a filter: made of constant pieces of SQL, never of
// values.
class Conditions {
 public:
  // `table` is where the rows are: some conditions look at others of the organization.
  Conditions(const OrgId& org, std::string table);
  void add(const Filter& filter);
  // Only rows whose value of that field goes on from what was typed (completion).
  void add_part(Field field, const std::string& text);
  // Rows beyond `position` in that order.
  void add_after(const Position& position, Order order);

  const std::string& sql() const { return sql_; }
  // Gives the statement the parameters that sql() names.
  void bind(Statement& statement) const;

 private:
  void require(const std::string& condition) { sql_ += " AND " + condition; }
  void add_search(const std::string& parameter, const std::string& needle,
                  std::initializer_list<Searched> columns);
  void add_one_of(const std::string& column, const std::vector<std::string>& values);

  // Of the search language (conditions_terms.cc).
  void add_terms(const std::vector<Term>& terms);
  std::string any_of(const Term& term);
  std::string whole_values(Field field, std::vector<std::string> values);
  std::string part_value(Field field, const std::string& value);
  std::string contains(std::initializer_list<Searched> columns, const std::string& needle);
  std::string sign(std::string_view name);
  std::string critical_change();
  std::string unusual_source() const;
  // Notes a parameter of the name that is next and gives its place in the SQL.
  std::string text_place(std::string value);
  std::string texts_place(std::vector<std::string> values);

  const std::string table_;
  std::vector<std::string> critical_actions_;
  std::size_t terms_named_ = 0;
  bool has_last_seq_ = false;
  std::string sql_;
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<std::pair<std::string, std::int64_t>> integers_;
  std::vector<std::pair<std::string, std::uint64_t>> unsigned_integers_;
  std::vector<std::pair<std::string, std::vector<std::string>>> text_lists_;
  std::optional<std::vector<std::int64_t>> http_statuses_;
};

// Where the rows are, in the database.
inline constexpr const char* kTable = "entries";

// What the targets of an entry are called: ids and names, each once.
inline constexpr const char* kTargetNames =
    "arrayDistinct(arrayMap(x -> substring(x, 2), arrayFilter(x -> length(x) > 1 AND "
    "substring(x, 1, 1) IN ('i', 'n'), targets)))";

// Whether what an entry tells did not work.
inline constexpr const char* kFailed = "(outcome = 'failure' OR http_status >= 400)";

// Whether one of these contains the folded text that stands at `place`.
std::string search_in(std::initializer_list<Searched> columns, const std::string& place);
// The same of a type, id or name of a target.
std::string search_in_targets(const std::string& place);

// "ORDER BY ..." for that order. The organization stands in it so that the table's own order can be
// used.
std::string order_by(Order order);

}  // namespace trailkeeper::events
