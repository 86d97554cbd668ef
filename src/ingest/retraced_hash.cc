#include "retraced_hash.h"

#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "ingest/retraced.h"

namespace trailkeeper::ingest {
namespace {

using json::Node;
using json::Type;

using MaybeNode = std::optional<Node>;

// What a template literal of JavaScript makes of a value that came through JSON. Numbers' bytes are
// those that JSON.stringify wrote, which are String()'s.
std::string js_text(Node node) {
  switch (node.type()) {
    case Type::null:
      return "null";
    case Type::boolean:
      return node.boolean() ? "true" : "false";
    case Type::object:
      return "[object Object]";
    case Type::array: {
      std::string out;
      bool first = true;
      for (Node item : node) {
        if (!first) out += ',';
        first = false;
        if (!item.is(Type::null)) out += js_text(item);
      }
      return out;
    }
    default:
      return std::string(node.text());
  }
}

bool js_true(const MaybeNode& node) {
  if (!node || node->is(Type::null)) return false;
  if (node->is(Type::boolean)) return node->boolean();
  if (node->is(Type::string)) return !node->text().empty();
  if (node->is(Type::number)) return node->real() != 0.0;
  return true;
}

std::string replaced(std::string_view text, char a, const char* for_a, char b, const char* for_b) {
  std::string out;
  for (const char c : text) {
    if (c == a) {
      out += for_a;
    } else if (c == b) {
      out += for_b;
    } else {
      out += c;
    }
  }
  return out;
}

std::string pass_one(std::string_view text) { return replaced(text, '%', "%25", ':', "%3A"); }
std::string both_passes(std::string_view text) {
  return replaced(pass_one(text), '=', "%3D", ';', "%3B");
}

// Only texts are encoded.
std::string encoded_value(Node node) {
  return node.is(Type::string) ? both_passes(node.text()) : js_text(node);
}

// JavaScript sorts by UTF-16 units: characters beyond the BMP begin with a surrogate, so they come
// before U+E000 to U+FFFF, whose UTF-8 is less.
bool utf16_less(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
  const auto left = static_cast<unsigned char>(*x);
  const auto right = static_cast<unsigned char>(*y);
  if ((left >= 0xf0) != (right >= 0xf0) && left >= 0xee && right >= 0xee) return left >= 0xf0;
  return left < right;
}

void append_sorted(std::string& out, Node object) {
  if (!object.is(Type::object)) return;
  std::vector<Node> members;
  for (Node member : object) members.push_back(member);
  std::sort(members.begin(), members.end(),
            [](Node a, Node b) { return utf16_less(a.key(), b.key()); });
  for (Node member : members) {
    out += both_passes(member.key()) + "=" + encoded_value(member) + ";";
  }
}

void append_text(std::string& out, const MaybeNode& text) {
  if (text && text->is(Type::string)) out += pass_one(text->text());
  out += ':';
}

void append_id(std::string& out, const MaybeNode& thing) {
  append_text(out, thing ? thing->find("id") : std::nullopt);
}

}  // namespace

std::string retraced_hash_target(Node event) {
  std::string out;
  append_text(out, event.find("action"));
  append_id(out, event.find("target"));
  append_id(out, event.find("actor"));
  append_id(out, event.find("group"));
  append_text(out, event.find("source_ip"));
  out += js_true(event.find("is_failure")) ? "1:" : "0:";
  out += js_true(event.find("is_anonymous")) ? "1:" : "0:";
  if (const auto fields = event.find("fields"); js_true(fields)) {
    append_sorted(out, *fields);
  } else {
    out += ':';
  }
  if (const auto external_id = event.find("external_id"); js_true(external_id)) {
    out += ":" + pass_one(js_text(*external_id));
  }
  if (const auto metadata = event.find("metadata"); js_true(metadata)) {
    out += ':';
    append_sorted(out, *metadata);
  }
  return out;
}

std::string retraced_hash(std::string_view id, std::string_view echo) {
  std::string text(id);
  (text += ':') += echo;
  return to_hex(as_text(crypto::sha256(text)));
}

}  // namespace trailkeeper::ingest
