#pragma once

#include <algorithm>
#include <string_view>

// What only entries of our own may say of themselves.
namespace trailkeeper::ingest {

// Of the entries about what the vendor's staff read. Nothing that the vendor sets changes them, and
// no key can send one.
inline constexpr std::string_view kVendorActions = "trailkeeper.vendor.";
inline constexpr std::string_view kVendorArea = "vendor access";

// In any case of its letters.
inline bool is_vendor_area(std::string_view area) {
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  };
  return area.size() == kVendorArea.size() &&
         std::equal(area.begin(), area.end(), kVendorArea.begin(), same);
}

}  // namespace trailkeeper::ingest
