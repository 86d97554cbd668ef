#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace trailkeeper::json {

enum class Type : std::uint8_t { null, boolean, number, string, array, object };

class Document;

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

  std::size_t size() const;                     // members or items
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

struct ParseLimits {
  int depth_max = 32;
};

// A parsed text, strict RFC 8259 in UTF-8: duplicate keys, NUL, lone surrogates, invalid UTF-8, numbers that no double can hold and
// anything after the value are refused. Numbers keep their bytes. An object of one thread; parsing again reuses its memory.
class Document {
 public:
  Document();
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  // `invalid` with a stable code and, in `fields[0].pointer`, where. The text is copied.
  Result<Node> parse(std::string_view text, const ParseLimits& limits = {});

  struct Item;
  struct Impl;

 private:
  friend class Node;
  std::unique_ptr<Impl> impl_;
};

// Appends `node` as compact JSON: keys in their order, numbers' bytes as they came, strings minimally escaped.
void append(std::string& out, Node node);

// RFC 6901: appends "/" and the escaped token.
std::string pointer(std::string_view base, std::string_view token);
std::string pointer(std::string_view base, std::size_t index);

}  // namespace trailkeeper::json
