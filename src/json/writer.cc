#include "json/writer.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>

#include "json/scan.h"

namespace trailkeeper::json {
namespace {

void append_escape(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
  }
}

// Length of the valid UTF-8 sequence at the start of `text`; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < length || !simdjson::validate_utf8(text.data(), length)) return 0;
  return length;
}

template <typename T>
void append_number(std::string& out, T value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  const char* from = text.data();
  const char* const end = from + text.size();
  const char* special = find_special(from, end);
  if (special == end) {
    // Nearly every string: one growth, one copy.
    const std::size_t at = out.size();
    out.resize(at + text.size() + 2, '"');
    text.copy(out.data() + at + 1, text.size());
    return;
  }
  out += '"';
  while (true) {
    out.append(from, special);
    if (special == end) break;
    append_escape(out, *special);
    from = special + 1;
    special = find_special(from, end);
  }
  out += '"';
}

void append_string_lossy(std::string& out, std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) {
    append_string(out, text);
    return;
  }
  std::string valid;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) {
      valid += "\xef\xbf\xbd";
      text.remove_prefix(1);
    } else {
      valid += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  append_string(out, valid);
}

void Writer::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

Writer& Writer::begin_object() {
  separate();
  out_ += '{';
  comma_ = false;
  return *this;
}

Writer& Writer::end_object() {
  out_ += '}';
  comma_ = true;
  return *this;
}

Writer& Writer::begin_array() {
  separate();
  out_ += '[';
  comma_ = false;
  return *this;
}

Writer& Writer::end_array() {
  out_ += ']';
  comma_ = true;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  append_string(out_, name);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  append_string(out_, text);
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::unsigned_integer(std::uint64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::real(double value) {
  // JSON has no word for infinity.
  if (!std::isfinite(value)) return null();
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

Writer& Writer::null() {
  separate();
  out_ += "null";
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

}  // namespace trailkeeper::json
