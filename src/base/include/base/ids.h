#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace trailkeeper {

// Position of an event in its organization's trail: 1, 2, 3 ... without a gap, given at commit.
struct Seq {
  std::uint64_t value = 0;
  friend auto operator<=>(const Seq&, const Seq&) = default;
};

// An organization: one customer of the vendor. `[A-Za-z0-9_-]{1,64}`, chosen by the vendor, never
// used again.
class OrgId {
 public:
  // Empty when `text` is not of that form.
  static std::optional<OrgId> parse(std::string_view text);
  const std::string& str() const { return text_; }
  friend auto operator<=>(const OrgId&, const OrgId&) = default;

 private:
  explicit OrgId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// RFC 9562 UUID, 16 bytes in network order.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  // Version 7: sorts by `time` (milliseconds), 74 random bits.
  static Uuid v7(Timestamp time);
  static std::optional<Uuid> parse(std::string_view text);
  std::string str() const;
  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

// Fills `size` bytes from the kernel's random source; cannot fail.
void fill_random(void* data, std::size_t size);

// Lower-case base32 (RFC 4648 letters a-z2-7, no padding) of `bits / 5` random characters; for
// names that people may copy.
std::string random_base32(std::size_t characters);
// Base62 random text: about 5.95 bits a character.
std::string random_base62(std::size_t characters);

}  // namespace trailkeeper

template <>
struct std::hash<trailkeeper::OrgId> {
  std::size_t operator()(const trailkeeper::OrgId& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
