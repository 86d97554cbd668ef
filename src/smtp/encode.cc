#include "encode.h"

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"

namespace trailkeeper::smtp {

namespace {

constexpr std::size_t kLineMax = 76;
constexpr std::size_t kPlainHeaderMax = 60;  // leaves room for the header's name

bool is_printable(char c) { return c >= 0x20 && c < 0x7F; }

void append_escape(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  auto byte = static_cast<std::uint8_t>(c);
  out += '=';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

void append_line(std::string& out, std::string_view line) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    bool last = i + 1 == line.size();
    bool blank = c == ' ' || c == '\t';
    bool literal = (is_printable(c) && c != '=') || c == '\t';
    if (blank && last) literal = false;
    std::size_t width = literal ? 1 : 3;
    // One column stays free for the soft line break.
    if (column + width > kLineMax - 1) {
      out += "=\r\n";
      column = 0;
    }
    if (column == 0 && (c == '.' || line.substr(i).starts_with("From "))) literal = false;
    if (literal) {
      out += c;
      column += 1;
    } else {
      append_escape(out, c);
      column += 3;
    }
  }
  out += "\r\n";
}

}  // namespace

std::string quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    auto end = std::min(text.find_first_of("\r\n"), text.size());
    append_line(out, text.substr(0, end));
    text.remove_prefix(end);
    if (text.starts_with("\r\n")) {
      text.remove_prefix(2);
    } else if (!text.empty()) {
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string encoded_words(std::string_view text, std::size_t column) {
  std::string out;
  while (!text.empty()) {
    // Three octets give four characters; the frame of a word takes twelve.
    std::size_t room = (kLineMax - column - 12) / 4 * 3;
    std::size_t size = std::min(room, text.size());
    while (size > 1 && size < text.size() && (text[size] & 0xC0) == 0x80) --size;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + to_base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
    column = 1;
  }
  return out;
}

std::string header_text(std::string_view text, std::size_t column) {
  bool plain =
      text.size() <= kPlainHeaderMax && std::all_of(text.begin(), text.end(), is_printable);
  // What looks like an encoded word would be decoded; blanks at the ends would be lost.
  if (plain && text.find("=?") == std::string_view::npos && !text.starts_with(' ') &&
      !text.ends_with(' ')) {
    return std::string(text);
  }
  return encoded_words(text, column);
}

std::string display_name(std::string_view name, std::size_t column) {
  auto is_atom = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-/=?^_`{|}~ ").find(c) != std::string_view::npos;
  };
  if (!std::all_of(name.begin(), name.end(), is_printable) || name.size() > kPlainHeaderMax ||
      name.find("=?") != std::string_view::npos) {
    return encoded_words(name, column);
  }
  if (std::all_of(name.begin(), name.end(), is_atom)) return std::string(name);
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace trailkeeper::smtp
