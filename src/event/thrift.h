#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trailkeeper::event {

// Thrift's compact protocol, as far as Parquet's metadata needs it: fields are written in the order
// of their numbers.
class ThriftWriter {
 public:
  void begin_struct() { last_.push_back(0); }
  void end_struct() {
    out_ += '\0';
    last_.pop_back();
  }
  void field_i32(int id, std::int64_t value) { field(id, 5), zigzag(value); }
  void field_i64(int id, std::int64_t value) { field(id, 6), zigzag(value); }
  void field_bool(int id, bool value) { field(id, value ? 1 : 2); }
  void field_text(int id, std::string_view text) { field(id, 8), this->text(text); }
  void field_struct(int id) { field(id, 12), begin_struct(); }
  enum class Item : std::uint8_t { i32 = 5, text = 8, structure = 12 };
  void field_list(int id, std::size_t size, Item item) {
    field(id, 9);
    const auto type = static_cast<char>(item);
    if (size < 15) {
      out_ += static_cast<char>((size << 4) | static_cast<unsigned char>(type));
    } else {
      out_ += static_cast<char>(0xF0 | static_cast<unsigned char>(type));
      varint(size);
    }
  }
  // Items of lists.
  void i32(std::int64_t value) { zigzag(value); }
  void text(std::string_view text) {
    varint(text.size());
    out_ += text;
  }

  std::string take() { return std::move(out_); }

 private:
  void field(int id, int type) {
    const int delta = id - last_.back();
    last_.back() = id;
    out_ += static_cast<char>((delta << 4) | type);
  }
  void zigzag(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }

  std::string out_;
  std::vector<int> last_;
};

}  // namespace trailkeeper::event
