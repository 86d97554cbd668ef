#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Where a JSON string's plain characters end, sixteen bytes at a time; for those who read JSON
// themselves.
namespace trailkeeper::json {

// What ends a run of plain characters in a JSON string: quote, backslash, control characters.
inline bool is_special(char c) {
  return c == '"' || c == '\\' || static_cast<std::uint8_t>(c) < 0x20;
}

// Bit i is set when p[i] is special; of 16 bytes.
inline unsigned special_mask(const char* p) {
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i control =
      _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);  // unsigned <= 0x1f
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash))));
#else
  unsigned mask = 0;
  for (unsigned i = 0; i < 16; ++i) mask |= static_cast<unsigned>(is_special(p[i])) << i;
  return mask;
#endif
}

// First special character at or after `p`. REQUIRES: there is one, and 16 readable bytes behind it.
inline char* find_special(char* p) {
  while (true) {
    if (const unsigned mask = special_mask(p); mask != 0) return p + __builtin_ctz(mask);
    p += 16;
  }
}

// The same within [p, end); `end` when there is none.
inline const char* find_special(const char* p, const char* end) {
  for (; end - p >= 16; p += 16) {
    if (const unsigned mask = special_mask(p); mask != 0) return p + __builtin_ctz(mask);
  }
  while (p < end && !is_special(*p)) ++p;
  return p;
}

}  // namespace trailkeeper::json
