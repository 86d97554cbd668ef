#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace trailkeeper::json {

enum class Type : std::uint8_t { null, boolean, number, string, array, object };

class Document;
struct Item;

// One value of a Document; a light handle, valid as long as the document and its next parse.
class Node {
 public:
  Type type() const;
  bool is(Type type) const { return this->type() == type; }

  // Decoded text of a string; `number` gives the number's own bytes; else empty.
  std::string_view text() const;
  bool boolean() const;
  // A number that is a whole one within the range; else empty.
  std::optional<std::int64_t> integer() const;
  std::optional<double> real() const;

  std::size_t size() const;  // members or items
  // Member of an object by name; empty when absent or when this is no object.
  std::optional<Node> find(std::string_view key) const;

  // Iteration over items or members, in order.
  class Iterator;
  Iterator begin() const;
  Iterator end() const;
  // Name of this member, when its parent is an object; decoded.
  std::string_view key() const;

 private:
  friend class Document;
  friend class Iterator;
  Node(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
  const Document* document_;
  std::uint32_t index_;
};

// Steps from one item or member to the next.
class Node::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Node;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = Node;

  Node operator*() const { return Node(document_, index_); }
  Iterator& operator++();
  Iterator operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Iterator& other) const { return index_ == other.index_; }

 private:
  friend class Node;
  Iterator(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
  const Document* document_;
  std::uint32_t index_;
};

struct ParseLimits {
  int depth_max = 32;  // of arrays and objects within each other; 1024 at most
};

// A parsed text, strict RFC 8259 in UTF-8: duplicate keys, NUL, lone surrogates, invalid UTF-8,
// numbers that no double can hold and anything after the value are refused. Numbers keep their
// bytes. An object of one thread; parsing again reuses its memory.
class Document {
 public:
  Document();
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  // `invalid` with a stable code and, in `fields[0].pointer`, where: `malformed_json`,
  // `duplicate_key`, `nul_character`, `lone_surrogate`, `invalid_utf8`, `number_out_of_range`,
  // `too_deep`. The text is copied.
  Result<Node> parse(std::string_view text, const ParseLimits& limits = {});

 private:
  friend class Node;
  const Item& item(std::uint32_t index) const;
  std::string_view key_of(const Item& item) const;
  std::string_view text_of(const Item& item) const;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Appends `node` as compact JSON: keys in their order, numbers' bytes as they came, strings
// minimally escaped.
void append(std::string& out, Node node);

// RFC 6901: appends "/" and the escaped token.
std::string pointer(std::string_view base, std::string_view token);
std::string pointer(std::string_view base, std::size_t index);

}  // namespace trailkeeper::json
