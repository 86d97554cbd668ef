#pragma once

#include <string>
#include <string_view>

// ASCII alone, whatever the locale says: for names of headers, hosts, media types and words of a
// language of ours. People's texts are folded by event/fold.h.
namespace trailkeeper {

constexpr char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower_ascii(c);
  return out;
}

}  // namespace trailkeeper
