#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"

namespace trailkeeper::json {

// One value of the flat form: children follow their parent, and `next` leads behind the whole of a
// value. Places are offsets into the parser's buffer.
struct Item {
  std::uint32_t key_at = 0;
  std::uint32_t key_size = 0;
  std::uint32_t text_at = 0;
  std::uint32_t text_size = 0;
  std::uint32_t next = 0;
  std::uint32_t count = 0;
  Type type = Type::null;
  bool boolean = false;
};

// Strict recursive descent over a copy of the text, in which escaped strings are decoded in place
// (decoding never makes a string longer). Memory is kept from one text to the next.
class Parser {
 public:
  // Empty on success; the items then hold the document, its root first.
  std::optional<Error> parse(std::string_view text, int depth_max);

  const Item& item(std::uint32_t index) const { return items_[index]; }
  std::string_view key(const Item& item) const { return view(item.key_at, item.key_size); }
  std::string_view text(const Item& item) const { return view(item.text_at, item.text_size); }

 private:
  void take_copy(std::string_view text);
  bool parse_root();
  bool parse_value(std::uint32_t index);
  bool parse_object(std::uint32_t index);
  bool parse_member(std::uint32_t parent, std::uint64_t& seen);
  bool parse_array(std::uint32_t index);
  bool parse_literal(std::uint32_t index, std::string_view word, Type type, bool boolean);
  bool parse_number(std::uint32_t index);
  bool parse_string(std::uint32_t& at, std::uint32_t& size);
  bool decode_escapes(char* from, std::uint32_t& size);
  bool decode_escape(char*& read, char*& write);
  bool decode_unicode(char*& read, char*& write);
  bool check_duplicate(std::uint32_t parent, std::uint32_t member, std::uint64_t& seen);
  bool check_duplicates_sorted(std::uint32_t parent);
  bool open(std::uint32_t index);
  void close(std::uint32_t index);
  std::uint32_t add_child(std::uint32_t parent);

  void skip_space();
  std::string_view view(std::uint32_t at, std::uint32_t size) const {
    return {buffer_.get() + at, size};
  }
  std::uint32_t offset(const char* p) const {
    return static_cast<std::uint32_t>(p - buffer_.get());
  }

  // Notes the failure, in the value that is being read; always false.
  bool fail(const char* code, const char* detail);
  // The same, in the container that is open.
  bool fail_in_container(const char* code, const char* detail);
  bool malformed(const char* detail);
  std::string path_to(std::optional<std::uint32_t> last) const;
  std::string step(std::string_view base, std::uint32_t parent, std::uint32_t child) const;

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  char* at_ = nullptr;
  char* end_ = nullptr;
  bool suspect_ = false;  // the text holds invalid UTF-8 somewhere
  std::size_t depth_max_ = 0;
  std::vector<Item> items_;
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> sorted_;
  std::uint32_t current_ = 0;
  std::optional<Error> error_;
};

}  // namespace trailkeeper::json
