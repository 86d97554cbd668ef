#include <array>

#include "notify/templates.h"

namespace trailkeeper::notify {

namespace {

// Bidirectional controls and line separators in UTF-8, which can make a text read as another
// (CVE-2021-42574).
constexpr std::array<std::string_view, 14> kTurning{
    "\u200E", "\u200F", "\u202A", "\u202B", "\u202C", "\u202D", "\u202E",
    "\u2028", "\u2029", "\u2066", "\u2067", "\u2068", "\u2069", "\u061C"};

// Length of what must not be shown at `text`'s beginning; 0 when its first byte is well.
std::size_t unfit_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x20 || first == 0x7F) return 1;
  // C1 controls are 0xC2 0x80 to 0xC2 0x9F.
  if (first == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0) return 2;
  for (const std::string_view turning : kTurning) {
    if (text.starts_with(turning)) return turning.size();
  }
  return 0;
}

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t used = unfit_length(text);
    if (used > 0) {
      out += "\uFFFD";
    } else {
      used = 1;
      const std::string_view escaped = entity(text.front());
      escaped.empty() ? out.append(text.substr(0, 1)) : out.append(escaped);
    }
    text.remove_prefix(used);
  }
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t unfit = unfit_length(text);
    out += unfit > 0 ? ' ' : text.front();
    text.remove_prefix(unfit > 0 ? unfit : 1);
  }
  return out;
}

std::string with_separators(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

}  // namespace trailkeeper::notify
