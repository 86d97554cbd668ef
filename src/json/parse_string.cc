// Strings of a JSON text: escapes (RFC 8259 section 7) are decoded where they stand.
#include <simdjson.h>

#include <cstring>

#include "json/scan.h"
#include "parser.h"

namespace trailkeeper::json {
namespace {

// Value of four hexadecimal digits; negative when they are not.
int read_hex4(const char* p) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = p[i];
    int digit = 0;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10;
    } else {
      return -1;
    }
    value = value << 4 | digit;
  }
  return value;
}

char* put_utf8(char* out, std::uint32_t c) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    *out++ = static_cast<char>(c);
  } else if (c < 0x800) {
    *out++ = static_cast<char>(0xc0 | c >> 6);
    *out++ = tail(0);
  } else if (c < 0x10000) {
    *out++ = static_cast<char>(0xe0 | c >> 12);
    *out++ = tail(6);
    *out++ = tail(0);
  } else {
    *out++ = static_cast<char>(0xf0 | c >> 18);
    *out++ = tail(12);
    *out++ = tail(6);
    *out++ = tail(0);
  }
  return out;
}

}  // namespace

bool Parser::parse_string(std::uint32_t& at, std::uint32_t& size) {
  char* const start = at_ + 1;
  at = offset(start);
  at_ = find_special(start);
  if (*at_ == '"') {
    size = static_cast<std::uint32_t>(at_ - start);
  } else if (!decode_escapes(start, size)) {
    return false;
  }
  if (suspect_ && !simdjson::validate_utf8(start, size)) {
    return fail("invalid_utf8", "The text is not valid UTF-8.");
  }
  ++at_;
  return true;
}

// From the first special character, at_, to the closing quote.
bool Parser::decode_escapes(char* from, std::uint32_t& size) {
  char* write = at_;
  while (*at_ != '"') {
    if (*at_ != '\\') {
      if (at_ == end_) return fail("malformed_json", "The string has no end.");
      if (*at_ == '\0') return fail("nul_character", "The string holds a NUL character.");
      return fail("malformed_json", "A control character in a string must be escaped.");
    }
    if (!decode_escape(at_, write)) return false;
    char* const plain = at_;
    at_ = find_special(plain);
    const auto length = static_cast<std::size_t>(at_ - plain);
    std::memmove(write, plain, length);
    write += length;
  }
  size = static_cast<std::uint32_t>(write - from);
  return true;
}

bool Parser::decode_escape(char*& read, char*& write) {
  switch (read[1]) {
    case '"':
    case '\\':
    case '/':
      *write++ = read[1];
      break;
    case 'b':
      *write++ = '\b';
      break;
    case 'f':
      *write++ = '\f';
      break;
    case 'n':
      *write++ = '\n';
      break;
    case 'r':
      *write++ = '\r';
      break;
    case 't':
      *write++ = '\t';
      break;
    case 'u':
      return decode_unicode(read, write);
    default:
      return fail("malformed_json", "The string holds an unknown escape.");
  }
  read += 2;
  return true;
}

bool Parser::decode_unicode(char*& read, char*& write) {
  const int unit = read_hex4(read + 2);
  if (unit < 0) return fail("malformed_json", "The string holds a broken \\u escape.");
  if (unit == 0) return fail("nul_character", "The string holds a NUL character.");
  auto code_point = static_cast<std::uint32_t>(unit);
  std::size_t length = 6;
  if (unit >= 0xd800 && unit <= 0xdfff) {
    const int low = unit < 0xdc00 && read[6] == '\\' && read[7] == 'u' ? read_hex4(read + 8) : -1;
    if (low < 0xdc00 || low > 0xdfff) {
      return fail("lone_surrogate", "The string holds half of a surrogate pair.");
    }
    code_point = 0x10000 + ((static_cast<std::uint32_t>(unit) - 0xd800) << 10) +
                 (static_cast<std::uint32_t>(low) - 0xdc00);
    length = 12;
  }
  read += length;
  write = put_utf8(write, code_point);
  return true;
}

}  // namespace trailkeeper::json
