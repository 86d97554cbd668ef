#include "json/split.h"

#include <cstddef>

namespace trailkeeper::json {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// One past the string that begins at `at`; the end of the text when it does not end.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

// Where the item that begins at `at` ends: at a comma or bracket of the array itself, or at the end
// of the text.
std::size_t skip_item(std::string_view text, std::size_t at) {
  std::size_t open = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      continue;
    }
    if (open == 0 && (c == ',' || c == ']' || c == '}')) return at;
    if (c == '{' || c == '[') ++open;
    if (c == '}' || c == ']') --open;
    ++at;
  }
  return at;
}

}  // namespace

std::optional<std::vector<std::string_view>> split_array(std::string_view text) {
  text = trimmed(text);
  if (text.size() < 2 || text.front() != '[') return std::nullopt;
  std::vector<std::string_view> items;
  if (trimmed(text.substr(1)) == "]") return items;
  std::size_t at = 1;
  for (;;) {
    const std::size_t end = skip_item(text, at);
    if (end >= text.size()) return std::nullopt;
    items.push_back(trimmed(text.substr(at, end - at)));
    if (text[end] == ',') {
      at = end + 1;
      continue;
    }
    if (text[end] != ']' || end + 1 != text.size()) return std::nullopt;
    return items;
  }
}

}  // namespace trailkeeper::json
