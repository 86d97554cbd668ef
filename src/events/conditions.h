#pragma once

#include <optional>
#include <string>

#include "events/filter.h"
#include "statement.h"

namespace trailkeeper::events {

// A WHERE clause and its parameters, from a filter: made of constant pieces of SQL, never of
// values.
class Conditions {
 public:
  explicit Conditions(const OrgId& org);
  void add(const Filter& filter);
  // Rows beyond `position` in that order.
  void add_after(const Position& position, Order order);

  const std::string& sql() const { return sql_; }
  // Gives the statement the parameters that sql() names.
  void bind(Statement& statement) const;

 private:
  void require(const std::string& condition) { sql_ += " AND " + condition; }
  void add_search(const std::string& parameter, const std::string& needle,
                  std::initializer_list<std::pair<const char*, const char*>> columns);
  void add_one_of(const std::string& column, const std::vector<std::string>& values);

  std::string sql_;
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<std::pair<std::string, std::int64_t>> integers_;
  std::vector<std::pair<std::string, std::uint64_t>> unsigned_integers_;
  std::vector<std::pair<std::string, std::vector<std::string>>> text_lists_;
  std::optional<std::vector<std::int64_t>> http_statuses_;
};

// "ORDER BY ..." for that order. The organization stands in it so that the table's own order can be
// used.
std::string order_by(Order order);

}  // namespace trailkeeper::events
