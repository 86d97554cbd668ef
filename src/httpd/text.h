#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Small pieces of HTTP's grammar (RFC 9110, RFC 3986). Pure functions.
namespace trailkeeper::httpd {

// ASCII only, whatever the locale.
bool equal_ignoring_case(std::string_view a, std::string_view b);
// Without spaces and tabs at both ends.
std::string_view trim(std::string_view text);

// Decodes %XX strictly; empty when an escape is broken or the result is not UTF-8 or holds a NUL.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

using QueryPairs = std::vector<std::pair<std::string, std::string>>;
// application/x-www-form-urlencoded pairs in order; empty when one cannot be decoded.
std::optional<QueryPairs> parse_query(std::string_view query);

bool is_utf8(std::string_view text);
// RFC 9110 section 5.6.2.
bool is_token(std::string_view text);
// Nothing that could end the line or the value (RFC 9110 section 5.5).
bool is_header_value(std::string_view text);

}  // namespace trailkeeper::httpd
