#include <algorithm>
#include <array>

#include "event/mask.h"

namespace trailkeeper::event {
namespace {

constexpr std::size_t kDigitsMin = 13;
constexpr std::size_t kDigitsMax = 19;

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
bool is_letter(char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; }

int leading(std::string_view digits, int count) {
  int value = 0;
  for (int i = 0; i < count; ++i) value = value * 10 + (digits[static_cast<std::size_t>(i)] - '0');
  return value;
}

// Length and first digits of an issuer (ISO/IEC 7812): one random number in ten has a valid check
// digit, so times and ids of this length would be masked without this.
bool has_issuer(std::string_view digits) {
  const std::size_t size = digits.size();
  const int two = leading(digits, 2);
  const int four = leading(digits, 4);
  if (digits[0] == '4') return size == 13 || size == 16 || size == 19;                // Visa
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return size == 16;  // Mastercard
  if (two == 34 || two == 37) return size == 15;                  // American Express
  if (four == 6011 || two == 64 || two == 65) return size == 16;  // Discover
  if (four >= 3528 && four <= 3589) return size == 16;            // JCB
  if (two == 36 || two == 38 || two == 39) return size == 14;     // Diners
  if (four >= 3000 && four <= 3059) return size == 14;            // Diners
  return two == 62 && size >= 16;                                 // UnionPay
}

// ISO/IEC 7812-1 annex B.
bool has_check_digit(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto it = digits.rbegin(); it != digits.rend(); ++it, twice = !twice) {
    const int digit = *it - '0';
    sum += twice ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 == 0;
}

// Digits in groups of one separator each, as cards are printed: 4-4-4-4(-3), 4-6-5, 4-6-4.
bool is_printed_so(const std::array<std::size_t, 5>& groups, std::size_t count) {
  if (count == 1) return true;
  if (count == 3) return groups[0] == 4 && groups[1] == 6 && (groups[2] == 5 || groups[2] == 4);
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (groups[i] != 4) return false;
  }
  return groups[count - 1] <= 4;
}

// The card number that begins at `start`; its length in the text, 0 when there is none.
std::size_t card_at(std::string_view text, std::size_t start) {
  std::array<char, kDigitsMax> digits{};
  std::array<std::size_t, 5> groups{};
  std::size_t count = 0;
  std::size_t used = 0;
  std::size_t at = start;
  std::size_t found = 0;
  while (used < groups.size()) {
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    const std::size_t size = end - at;
    if (size == 0 || count + size > kDigitsMax) break;
    std::copy(text.begin() + static_cast<std::ptrdiff_t>(at),
              text.begin() + static_cast<std::ptrdiff_t>(end), digits.begin() + count);
    count += size;
    groups[used++] = size;
    const bool ends = end == text.size() || !is_letter(text[end]);
    const std::string_view all(digits.data(), count);
    if (ends && count >= kDigitsMin && is_printed_so(groups, used) && has_issuer(all) &&
        has_check_digit(all)) {
      found = end - start;
    }
    if (end + 1 >= text.size() || (text[end] != ' ' && text[end] != '-')) break;
    at = end + 1;
  }
  return found;
}

}  // namespace

Span find_card_number(std::string_view text) {
  bool after_word = false;  // the character before belongs to the same word
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '\\') {
      i += i + 1 < text.size() && text[i + 1] == 'u' ? 6 : 2;
      after_word = false;
    } else if (is_digit(c) && !after_word) {
      const std::size_t length = card_at(text, i);
      if (length > 0) return {i, length};
      while (i < text.size() && is_digit(text[i])) ++i;
      after_word = true;
    } else {
      after_word = is_digit(c) || is_letter(c);
      ++i;
    }
  }
  return {};
}

}  // namespace trailkeeper::event
