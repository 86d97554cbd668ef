#pragma once

#include <cstdint>
#include <optional>

namespace trailkeeper::settings {

// How much an org or a key may send; what is empty has the configured default. Rates are a
// second's; `burst_seconds` is how many seconds' worth may come at once.
struct Limits {
  std::optional<std::int64_t> events_per_second{};
  std::optional<std::int64_t> bytes_per_second{};
  std::optional<std::int64_t> requests_per_second{};
  std::optional<std::int64_t> burst_seconds{};
  bool operator==(const Limits&) const = default;
};

inline constexpr std::int64_t kRateMax = 1'000'000'000;
inline constexpr std::int64_t kBurstSecondsMax = 3600;

}  // namespace trailkeeper::settings
