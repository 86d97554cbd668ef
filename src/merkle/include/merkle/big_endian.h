#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Numbers as the formats of logs write them: big-endian, in a fixed number of bytes.
namespace trailkeeper::merkle {

inline std::string big_endian(std::uint64_t value, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = bytes; i-- > 0; value >>= 8) text[i] = static_cast<char>(value & 0xff);
  return text;
}

inline std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

}  // namespace trailkeeper::merkle
