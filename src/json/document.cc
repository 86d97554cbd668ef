#include "json/document.h"

#include <utility>

#include "json/writer.h"
#include "number.h"
#include "parser.h"

namespace trailkeeper::json {

struct Document::Impl {
  Parser parser;
};

Document::Document() : impl_(std::make_unique<Impl>()) {}
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

Result<Node> Document::parse(std::string_view text, const ParseLimits& limits) {
  if (auto error = impl_->parser.parse(text, limits.depth_max)) return std::move(*error);
  return Node(this, 0);
}

const Item& Document::item(std::uint32_t index) const { return impl_->parser.item(index); }
std::string_view Document::key_of(const Item& item) const { return impl_->parser.key(item); }
std::string_view Document::text_of(const Item& item) const { return impl_->parser.text(item); }

Type Node::type() const { return document_->item(index_).type; }

std::string_view Node::text() const { return document_->text_of(document_->item(index_)); }

std::string_view Node::key() const { return document_->key_of(document_->item(index_)); }

bool Node::boolean() const { return document_->item(index_).boolean; }

std::optional<std::int64_t> Node::integer() const {
  if (!is(Type::number)) return std::nullopt;
  return to_integer(text());
}

std::optional<double> Node::real() const {
  if (!is(Type::number)) return std::nullopt;
  return to_real(text());
}

std::size_t Node::size() const { return document_->item(index_).count; }

std::optional<Node> Node::find(std::string_view key) const {
  const Item& self = document_->item(index_);
  if (self.type != Type::object) return std::nullopt;
  for (std::uint32_t i = index_ + 1; i != self.next;) {
    const Item& member = document_->item(i);
    if (document_->key_of(member) == key) return Node(document_, i);
    i = member.next;
  }
  return std::nullopt;
}

Node::Iterator Node::begin() const { return Iterator(document_, index_ + 1); }

Node::Iterator Node::end() const { return Iterator(document_, document_->item(index_).next); }

Node::Iterator& Node::Iterator::operator++() {
  index_ = document_->item(index_).next;
  return *this;
}

namespace {

void append_members(std::string& out, Node object) {
  char separator = '{';
  for (const Node member : object) {
    out += separator;
    append_string(out, member.key());
    out += ':';
    append(out, member);
    separator = ',';
  }
  out += separator == '{' ? "{}" : "}";
}

void append_items(std::string& out, Node array) {
  char separator = '[';
  for (const Node item : array) {
    out += separator;
    append(out, item);
    separator = ',';
  }
  out += separator == '[' ? "[]" : "]";
}

}  // namespace

void append(std::string& out, Node node) {
  switch (node.type()) {
    case Type::null:
      out += "null";
      break;
    case Type::boolean:
      out += node.boolean() ? "true" : "false";
      break;
    case Type::number:
      out += node.text();
      break;
    case Type::string:
      append_string(out, node.text());
      break;
    case Type::array:
      append_items(out, node);
      break;
    case Type::object:
      append_members(out, node);
      break;
  }
}

std::string pointer(std::string_view base, std::string_view token) {
  std::string out(base);
  out += '/';
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string pointer(std::string_view base, std::size_t index) {
  return std::string(base).append("/").append(std::to_string(index));
}

}  // namespace trailkeeper::json
