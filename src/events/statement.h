#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trailkeeper::events {

// A statement with its typed parameters and settings, as it travels: the SQL is ours, whole and
// constant but for the parts chosen by the program; every value from outside is a parameter
// `{name:Type}`.
class Statement {
 public:
  explicit Statement(std::string sql) : sql_(std::move(sql)) {}

  Statement& text(std::string_view name, std::string_view value);
  Statement& integer(std::string_view name, std::int64_t value);
  Statement& unsigned_integer(std::string_view name, std::uint64_t value);
  Statement& texts(std::string_view name, const std::vector<std::string>& values);
  Statement& integers(std::string_view name, const std::vector<std::int64_t>& values);
  Statement& setting(std::string_view name, std::string_view value);
  Statement& setting(std::string_view name, std::uint64_t value) {
    return setting(name, std::to_string(value));
  }

  const std::string& sql() const { return sql_; }
  // The query string of the request, percent-encoded, without '?'.
  const std::string& query_string() const { return query_string_; }

 private:
  void append(std::string_view prefix, std::string_view name, std::string_view value);

  std::string sql_;
  std::string query_string_;
};

// Percent-encodes all but RFC 3986's unreserved characters.
std::string percent_encode(std::string_view text);

}  // namespace trailkeeper::events
