#include "log_line.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <type_traits>

namespace trailkeeper::log {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t size = 0;  // 0: not valid UTF-8
};

CodePoint decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return {};
  std::uint32_t value = first & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3fu);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff) return {};
  return {value, size};
}

// Could break a line, drive a terminal or make a text read other than it is.
bool is_treacherous(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xfff9 && c <= 0xfffb);
}

void append_unit(std::string& out, std::uint32_t unit) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[unit >> shift & 15];
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      break;
  }
  return "error";
}

void append_value(std::string& out, const Value& value) {
  std::visit(
      [&](const auto& held) {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::string_view>) {
          append_escaped(out, held);
        } else if constexpr (std::is_same_v<T, bool>) {
          out += held ? "true" : "false";
        } else {
          if constexpr (std::is_same_v<T, double>) {
            if (!std::isfinite(held)) {
              out += "null";
              return;
            }
          }
          char digits[32];
          const auto end = std::to_chars(digits, digits + sizeof digits, held).ptr;
          out.append(digits, end);
        }
      },
      value.value);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const CodePoint c = decode(text);
    if (c.size == 0) {
      out += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    if (c.value == '"' || c.value == '\\') {
      out += '\\';
      out += static_cast<char>(c.value);
    } else if (c.value == '\n') {
      out += "\\n";
    } else if (is_treacherous(c.value)) {
      append_unit(out, c.value);
    } else {
      out.append(text.substr(0, c.size));
    }
    text.remove_prefix(c.size);
  }
  out += '"';
}

std::string render_line(Timestamp time, Level level, std::string_view message,
                        std::initializer_list<Field> fields) {
  std::string out = "{\"time\":\"";
  append_rfc3339(out, time);
  out.append("\",\"level\":\"").append(name_of(level)).append("\",\"message\":");
  append_escaped(out, message);
  for (const Field& field : fields) {
    out += ',';
    append_escaped(out, field.key);
    out += ':';
    append_value(out, field.value);
  }
  out += '}';
  return out;
}

}  // namespace trailkeeper::log
