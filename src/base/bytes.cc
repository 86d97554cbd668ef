#include "base/bytes.h"

namespace trailkeeper {
namespace {

constexpr char kHex[] = "0123456789abcdef";
constexpr char kStandard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kUrlSafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Reverse = std::array<std::int8_t, 256>;

constexpr Reverse reverse_of(const char* alphabet) {
  Reverse table{};
  table.fill(-1);
  for (int i = 0; i < 64; ++i) {
    table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}

constexpr Reverse kStandardReverse = reverse_of(kStandard);
constexpr Reverse kUrlSafeReverse = reverse_of(kUrlSafe);

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string encode(std::string_view bytes, const char* alphabet, bool padded) {
  const std::size_t rest = bytes.size() % 3;
  const std::size_t last = rest == 0 ? 0 : padded ? 4 : rest + 1;
  std::string out(bytes.size() / 3 * 4 + last, '=');
  char* to = out.data();
  const auto at = [&](std::size_t index) { return static_cast<std::uint8_t>(bytes[index]); };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const unsigned group = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    *to++ = alphabet[group >> 18];
    *to++ = alphabet[group >> 12 & 63];
    *to++ = alphabet[group >> 6 & 63];
    *to++ = alphabet[group & 63];
  }
  if (rest == 0) return out;
  const unsigned group = at(i) << 16 | (rest == 2 ? at(i + 1) << 8 : 0);
  *to++ = alphabet[group >> 18];
  *to++ = alphabet[group >> 12 & 63];
  if (rest == 2) *to++ = alphabet[group >> 6 & 63];
  return out;
}

// `text` without padding. Bits left over must be zero, so that every text has one meaning and every
// meaning one text.
std::optional<std::string> decode(std::string_view text, const Reverse& reverse) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const int value = reverse[static_cast<std::uint8_t>(c)];
    if (value < 0) return std::nullopt;
    buffer = buffer << 6 | static_cast<unsigned>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(buffer >> bits & 0xff);
    }
  }
  if ((buffer & ((1u << bits) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string_view as_text(const void* data, std::size_t size) {
  return {static_cast<const char*>(data), size};
}

std::string to_hex(std::string_view bytes) {
  std::string out(bytes.size() * 2, '\0');
  char* to = out.data();
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    *to++ = kHex[byte >> 4];
    *to++ = kHex[byte & 15];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

std::string to_base64(std::string_view bytes) { return encode(bytes, kStandard, true); }

std::string to_base64url(std::string_view bytes) { return encode(bytes, kUrlSafe, false); }

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  return decode(text, kStandardReverse);
}

std::optional<std::string> from_base64url(std::string_view text) {
  return decode(text, kUrlSafeReverse);
}

}  // namespace trailkeeper
