#include "number.h"

#include <charconv>
#include <string>

namespace trailkeeper::json {
namespace {

constexpr std::int64_t kFar = 1'000'000'000'000;

struct Decimal {
  bool negative = false;
  std::string digits;         // without leading and trailing zeros; empty: zero
  std::int64_t exponent = 0;  // of the last digit
};

// REQUIRES: a number of JSON's grammar.
Decimal take_apart(std::string_view number) {
  Decimal result;
  result.negative = number.starts_with('-');
  if (result.negative) number.remove_prefix(1);
  if (const auto e = number.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view exponent = number.substr(e + 1);
    const bool negative = exponent.starts_with('-');
    if (negative || exponent.starts_with('+')) exponent.remove_prefix(1);
    for (const char c : exponent) {
      if (result.exponent < kFar) result.exponent = result.exponent * 10 + (c - '0');
    }
    if (negative) result.exponent = -result.exponent;
    number = number.substr(0, e);
  }
  const auto point = number.find('.');
  result.digits = number.substr(0, point);
  if (point != std::string_view::npos) {
    const std::string_view fraction = number.substr(point + 1);
    result.digits += fraction;
    result.exponent -= static_cast<std::int64_t>(fraction.size());
  }
  const auto last = result.digits.find_last_not_of('0');
  if (last == std::string::npos) return {.negative = result.negative};
  result.exponent += static_cast<std::int64_t>(result.digits.size() - last - 1);
  result.digits.resize(last + 1);
  result.digits.erase(0, result.digits.find_first_not_of('0'));
  return result;
}

template <typename T>
std::optional<T> from_text(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::int64_t> to_integer(std::string_view number) {
  if (number.find_first_of(".eE") == std::string_view::npos) return from_text<std::int64_t>(number);
  Decimal parts = take_apart(number);
  if (parts.digits.empty()) return 0;
  if (parts.exponent < 0 || parts.exponent > 19) return std::nullopt;
  parts.digits.append(static_cast<std::size_t>(parts.exponent), '0');
  if (parts.negative) parts.digits.insert(0, "-");
  return from_text<std::int64_t>(parts.digits);
}

double to_real(std::string_view number) {
  if (const auto value = from_text<double>(number)) return *value;
  // Out of range, and too large ones were refused: nearer to zero than any double.
  return number.starts_with('-') ? -0.0 : 0.0;
}

bool is_beyond_double(std::string_view number) {
  if (from_text<double>(number)) return false;
  const Decimal parts = take_apart(number);
  return !parts.digits.empty() &&
         parts.exponent + static_cast<std::int64_t>(parts.digits.size()) > 0;
}

}  // namespace trailkeeper::json
