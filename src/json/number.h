#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// Numbers of JSON's grammar; what is not one is the caller's mistake.
namespace trailkeeper::json {

// The exact value when it is whole and within the range: 5, -0, 1e3 and 2.50e1 are whole, 0.5 is
// not.
std::optional<std::int64_t> to_integer(std::string_view number);

// The nearest double.
double to_real(std::string_view number);

// Whether it is too large for a double.
bool is_beyond_double(std::string_view number);

}  // namespace trailkeeper::json
