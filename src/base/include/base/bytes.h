#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trailkeeper {

using Sha256Digest = std::array<std::uint8_t, 32>;

std::string_view as_text(const void* data, std::size_t size);
template <std::size_t N>
std::string_view as_text(const std::array<std::uint8_t, N>& bytes) {
  return as_text(bytes.data(), N);
}

// Lower-case hexadecimal, and back; empty when a character is not one or the length is odd.
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

// RFC 4648 section 4 (standard, padded) and section 5 (url-safe, unpadded). Decoding is strict.
std::string to_base64(std::string_view bytes);
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace trailkeeper
