#include "testing/random_event.h"

#include <algorithm>
#include <array>

#include "event/record.h"
#include "json/document.h"
#include "json/writer.h"

namespace trailkeeper::event::testing {
namespace {

using Random = std::mt19937_64;

constexpr int kDepthMax = 6;

std::uint64_t below(Random& random, std::uint64_t bound) { return random() % bound; }
bool coin(Random& random) { return below(random, 2) == 0; }

template <std::size_t Size>
const char* one_of(Random& random, const std::array<const char*, Size>& choices) {
  return choices[below(random, Size)];
}

void append_utf8(std::string& out, std::uint32_t scalar) {
  const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
  const auto tail = [&](int shift) { byte(0x80 | ((scalar >> shift) & 0x3f)); };
  if (scalar < 0x80) return byte(scalar);
  if (scalar < 0x800) {
    byte(0xc0 | (scalar >> 6));
  } else if (scalar < 0x10000) {
    byte(0xe0 | (scalar >> 12));
    tail(6);
  } else {
    byte(0xf0 | (scalar >> 18));
    tail(12);
    tail(6);
  }
  tail(0);
}

std::uint32_t any_scalar(Random& random) {
  static constexpr std::array<std::uint32_t, 4> kBelow{0x80, 0x800, 0x10000, 0x110000};
  const auto scalar = static_cast<std::uint32_t>(1 + below(random, kBelow[below(random, 4)] - 1));
  return scalar >= 0xd800 && scalar < 0xe000 ? 0xfffd : scalar;
}

Text maybe_text(Random& random) {
  return below(random, 3) == 0 ? Text{} : Text{random_text(random)};
}

std::string digits(Random& random, std::uint64_t most) {
  std::string out;
  for (std::uint64_t i = 1 + below(random, most); i > 0; --i)
    out += static_cast<char>('0' + below(random, 10));
  return out;
}

// Every form that RFC 8259 has, within what a double can hold.
std::string random_number(Random& random) {
  std::string out = coin(random) ? "-" : "";
  out += coin(random) ? "0" : std::to_string(1 + below(random, 9)) + digits(random, 30);
  if (coin(random)) out += "." + digits(random, 20);
  if (below(random, 3) == 0) {
    out +=
        one_of(random, std::array{"e", "E", "e+", "E-", "e-"}) + std::to_string(below(random, 250));
  }
  return out;
}

void write_value(Random& random, json::Writer& out, int depth);

void write_object(Random& random, json::Writer& out, int depth) {
  out.begin_object();
  for (std::uint64_t i = below(random, 4); i > 0; --i) {
    out.key(random_text(random) + std::to_string(i));
    write_value(random, out, depth + 1);
  }
  out.end_object();
}

void write_value(Random& random, json::Writer& out, int depth) {
  switch (below(random, depth < kDepthMax ? 7 : 5)) {
    case 0:
      out.null();
      break;
    case 1:
      out.boolean(coin(random));
      break;
    case 2:
    case 3:
      out.raw(random_number(random));
      break;
    case 4:
      out.string(random_text(random));
      break;
    case 5:
      out.begin_array();
      for (std::uint64_t i = below(random, 4); i > 0; --i) write_value(random, out, depth + 1);
      out.end_array();
      break;
    default:
      write_object(random, out, depth);
  }
}

Json maybe_object(Random& random) {
  if (coin(random)) return Json{};
  json::Writer out;
  write_object(random, out, 0);
  return out.take();
}

Json maybe_json(Random& random) {
  return below(random, 3) == 0 ? Json{} : Json{random_json(random)};
}

Timestamp random_time(Random& random) {
  return from_micros(946'684'800'000'000 +
                     static_cast<std::int64_t>(below(random, 900'000'000'000'000)));
}

Actor random_actor(Random& random) {
  return {maybe_text(random), "u" + random_text(random), maybe_text(random),  maybe_text(random),
          maybe_text(random), maybe_text(random),        maybe_object(random)};
}

// `location` is never an address without an `ip`: it would become one.
Context random_context(Random& random) {
  static constexpr std::array kAddresses{"203.0.113.7", "2001:db8::7", "::ffff:192.0.2.1", "::"};
  Context context{Text{},
                  maybe_text(random),
                  maybe_text(random),
                  maybe_text(random),
                  maybe_text(random),
                  maybe_text(random)};
  if (coin(random)) context.ip = one_of(random, kAddresses);
  return context;
}

void fill_lists(Random& random, Event& event) {
  if (coin(random)) {
    for (Target& target : event.targets.emplace(below(random, 4)))
      target = {maybe_text(random), maybe_text(random), maybe_text(random), maybe_object(random)};
  }
  if (coin(random)) {
    for (Change& change : event.changes.emplace(below(random, 4)))
      change = {"f" + random_text(random), maybe_json(random), maybe_json(random)};
  }
}

Event any_event(Random& random, const std::string& org) {
  Event event;
  event.organization_id = org;
  event.action = "a" + random_text(random);
  event.action_label = maybe_text(random);
  event.area = maybe_text(random);
  event.application = maybe_text(random);
  if (coin(random)) event.category = one_of(random, std::array{"data", "error", "authentication"});
  if (coin(random)) event.crud = one_of(random, std::array{"create", "read", "none"});
  event.occurred_at = random_time(random);
  event.actor = random_actor(random);
  fill_lists(random, event);
  if (coin(random)) event.context = random_context(random);
  if (coin(random)) event.outcome = one_of(random, std::array{"success", "failure", "unknown"});
  if (coin(random)) event.http_status = 100 + static_cast<std::int64_t>(below(random, 500));
  if (coin(random)) event.error = {maybe_text(random), maybe_text(random)};
  event.metadata = maybe_object(random);
  if (coin(random)) event.external_id = "x" + random_text(random);
  if (coin(random)) event.version = static_cast<std::int64_t>(below(random, 2'147'483'648));
  return event;
}

// --- the wire ------------------------------------------------------------------------------------

// Members whose order means nothing, because they are ours; in the sender's own objects it is kept.
bool is_ours(std::string_view key) {
  return key == "actor" || key == "context" || key == "error" || key == "targets" ||
         key == "changes";
}

std::string shuffled(Random& random, json::Node node);

std::string member(Random& random, json::Node node) {
  std::string out;
  json::append_string(out, node.key());
  out += ':';
  if (is_ours(node.key())) return out + shuffled(random, node);
  json::append(out, node);
  return out;
}

std::string shuffled(Random& random, json::Node node) {
  const bool object = node.is(json::Type::object);
  std::vector<std::string> parts;
  for (json::Node part : node)
    parts.push_back(object ? member(random, part) : shuffled(random, part));
  if (object) std::shuffle(parts.begin(), parts.end(), random);
  std::string out(1, object ? '{' : '[');
  for (const std::string& part : parts) {
    if (out.size() > 1) out += ',';
    out += part;
  }
  return out + (object ? '}' : ']');
}

std::string hex_escape(std::uint32_t unit) {
  std::string out = "\\u0000";
  for (std::size_t i = out.size(); unit != 0; unit >>= 4) out[--i] = "0123456789aBcDeF"[unit & 15];
  return out;
}

// One character of a compact JSON string, from `at`, spelled in some allowed way.
std::string respelled_character(Random& random, std::string_view json, std::size_t& at) {
  const auto first = static_cast<unsigned char>(json[at]);
  std::size_t bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first == '\\') bytes = json[at + 1] == 'u' ? 6 : 2;
  const std::string_view same = json.substr(at, bytes);
  at += bytes;
  if (first == '\\' || below(random, 5) != 0) return std::string(same);
  std::uint32_t scalar = bytes == 1 ? first : first & (0x7fu >> bytes);
  for (char next : same.substr(1)) scalar = scalar << 6 | (static_cast<unsigned char>(next) & 0x3f);
  if (scalar < 0x10000) return hex_escape(scalar);
  scalar -= 0x10000;
  return hex_escape(0xd800 + (scalar >> 10)) + hex_escape(0xdc00 + (scalar & 0x3ff));
}

std::string respelled(Random& random, std::string_view json) {
  std::string out;
  bool in_string = false;
  for (std::size_t at = 0; at < json.size();) {
    if (in_string && json[at] != '"') {
      out += respelled_character(random, json, at);
      continue;
    }
    if (json[at] == '"') in_string = !in_string;
    const bool token = std::string_view("{}[],:").find(json[at]) != std::string_view::npos;
    out += json[at++];
    if (token && !in_string) out += one_of(random, std::array{"", "", " ", "\n\t", "\r"});
  }
  return out;
}

}  // namespace

std::string random_text(Random& random) {
  static constexpr std::array kPieces{
      "a",      "Z",      " ",      "\"",         "\\",     "/",           "\n", "\t", "'",
      "\x01",   "\x1f",   "\x7f",   "null",       "ß",      "İ",           "ς",  "é",  "e\u0301",
      "\u2028", "\ufeff", "\uffff", "\U0001d11e", "日本語", "👩‍💻", "=",  "{",  "\r"};
  std::string text;
  const std::uint64_t length = below(random, 50) == 0 ? 40 : below(random, 8);
  for (std::uint64_t i = 0; i < length; ++i) {
    if (coin(random)) {
      text += one_of(random, kPieces);
    } else {
      append_utf8(text, any_scalar(random));
    }
  }
  return text;
}

std::string random_json(Random& random) {
  json::Writer out;
  write_value(random, out, 0);
  return out.take();
}

StoredEvent random_event(Random& random, const std::string& org, std::uint64_t seq) {
  StoredEvent stored;
  stored.seq = Seq{seq};
  // The server's own clock: all within minutes of each other.
  stored.received_at =
      from_micros(1'790'000'000'000'000 + static_cast<std::int64_t>(below(random, 1'000'000'000)));
  stored.id = Uuid::v7(stored.received_at);
  for (auto& byte : stored.nonce) byte = static_cast<std::uint8_t>(random());
  stored.event = any_event(random, org);
  return stored;
}

std::string random_wire(Random& random, const Event& event) {
  json::Document document;
  const std::string tail = render_tail(Uuid{}, Nonce{}, event);
  std::string own = "{" + tail.substr(tail.find("\"organization_id\""));
  if (!event.outcome && coin(random)) own.insert(own.size() - 1, ",\"outcome\":null");
  return respelled(random, shuffled(random, *document.parse(own)));
}

}  // namespace trailkeeper::event::testing
