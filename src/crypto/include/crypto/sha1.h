#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace trailkeeper::crypto {

// SHA-1, not for security: a protocol of uploads asks for it as a check of transfers. Thread-safe.
std::array<std::uint8_t, 20> sha1(std::string_view data);

}  // namespace trailkeeper::crypto
