#include "json/split.h"

#include <algorithm>
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

std::optional<std::vector<std::string_view>> split(std::string_view text, char open, char close) {
  text = trimmed(text);
  if (text.size() < 2 || text.front() != open || text.back() != close) return std::nullopt;
  std::vector<std::string_view> items;
  if (trimmed(text.substr(1, text.size() - 2)).empty()) return items;
  std::size_t at = 1;
  for (;;) {
    const std::size_t end = skip_item(text, at);
    if (end >= text.size()) return std::nullopt;
    items.push_back(trimmed(text.substr(at, end - at)));
    if (text[end] == ',') {
      at = end + 1;
      continue;
    }
    if (text[end] != close || end + 1 != text.size()) return std::nullopt;
    return items;
  }
}

}  // namespace

std::optional<std::vector<std::string_view>> split_array(std::string_view text) {
  return split(text, '[', ']');
}

std::optional<std::vector<MemberText>> split_object(std::string_view text) {
  const auto items = split(text, '{', '}');
  if (!items) return std::nullopt;
  std::vector<MemberText> members;
  members.reserve(items->size());
  for (std::string_view item : *items) {
    if (item.empty() || item.front() != '"') return std::nullopt;
    const std::size_t key_end = skip_string(item, 0);
    const std::string_view rest = trimmed(item.substr(std::min(key_end, item.size())));
    if (rest.empty() || rest.front() != ':') return std::nullopt;
    members.push_back({item.substr(1, key_end - 2), trimmed(rest.substr(1))});
  }
  return members;
}

}  // namespace trailkeeper::json
