#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

// ClickHouse's RowBinary and Native: little-endian numbers, LEB128 lengths.
namespace trailkeeper::events {

static_assert(std::endian::native == std::endian::little, "values are written as memory lies");

template <typename Number>
void put_number(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

inline void put_length(std::string& out, std::uint64_t length) {
  while (length >= 0x80) {
    out += static_cast<char>(length | 0x80);
    length >>= 7;
  }
  out += static_cast<char>(length);
}

inline void put_text(std::string& out, std::string_view text) {
  put_length(out, text.size());
  out += text;
}

// Takes values off the front. After `short_of_bytes` or `broken` nothing more is to be trusted.
class BinaryCursor {
 public:
  explicit BinaryCursor(std::string_view bytes) : bytes_(bytes) {}

  template <typename Number>
  Number number() {
    Number value{};
    const std::string_view taken = fixed(sizeof(value));
    if (taken.size() == sizeof(value)) std::memcpy(&value, taken.data(), sizeof(value));
    return value;
  }

  std::string_view fixed(std::size_t size) {
    if (bytes_.size() - position_ < size) {
      position_ = bytes_.size();
      short_of_bytes_ = true;
      return {};
    }
    const std::string_view taken = bytes_.substr(position_, size);
    position_ += size;
    return taken;
  }

  std::uint64_t length() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = number<std::uint8_t>();
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
    }
    if (value > kLengthMax) {
      broken_ = true;
      return 0;
    }
    return value;
  }

  std::string_view text() { return fixed(length()); }

  bool short_of_bytes() const { return short_of_bytes_; }
  bool broken() const { return broken_; }
  std::size_t position() const { return position_; }

 private:
  // Far above a record's size: more means that the bytes are no row of ours.
  static constexpr std::uint64_t kLengthMax = 16u << 20;

  std::string_view bytes_;
  std::size_t position_ = 0;
  bool short_of_bytes_ = false;
  bool broken_ = false;
};

}  // namespace trailkeeper::events
