#include "record_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "json/scan.h"

namespace trailkeeper::event {
namespace {

class Cursor {
 public:
  // `memory` takes the texts that are not in `text` as they are.
  Cursor(std::string_view text, std::string& memory)
      : at_(text.data()), end_(at_ + text.size()), memory_(memory) {
    // Decoding makes no text longer, so what lies there need never move.
    memory_.clear();
    if (memory_.capacity() < text.size()) memory_.reserve(text.size());
  }

  bool done() const { return at_ == end_; }
  bool take(std::string_view wanted) {
    if (left() < wanted.size() || std::memcmp(at_, wanted.data(), wanted.size()) != 0) return false;
    at_ += wanted.size();
    return true;
  }
  // `separator`, the quoted name and a colon.
  bool take_key(char separator, std::string_view name) {
    const std::size_t size = name.size() + 4;
    if (left() < size || at_[0] != separator || at_[size - 2] != '"' ||
        std::memcmp(at_ + 2, name.data(), name.size()) != 0) {
      return false;
    }
    at_ += size;
    return true;
  }
  bool text(std::string_view& out) {
    if (done() || *at_ != '"') return false;
    const char* const begin = at_ + 1;
    const char* const close = json::find_special(begin, end_);
    if (close == end_) return false;
    if (*close != '"') return escaped_text(out);
    out = {begin, static_cast<std::size_t>(close - begin)};
    at_ = close + 1;
    return true;
  }
  template <typename T>
  bool number(T& out) {
    const auto [end, error] = std::from_chars(at_, end_, out);
    at_ = end;
    return error == std::errc();
  }
  // A JSON value, whatever it is.
  bool value(std::string_view& out) {
    const char* const begin = at_;
    if (!skip_value()) return false;
    out = {begin, static_cast<std::size_t>(at_ - begin)};
    return true;
  }

 private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  bool escaped_text(std::string_view& out);
  bool append_escaped();
  bool skip_string();
  bool skip_value();

  const char* at_;
  const char* const end_;
  std::string& memory_;
};

bool Cursor::escaped_text(std::string_view& out) {
  const std::size_t begin = memory_.size();
  ++at_;
  while (true) {
    const char* const special = json::find_special(at_, end_);
    memory_.append(at_, special);
    at_ = special;
    if (at_ == end_) return false;
    if (*at_ == '"') break;
    if (!append_escaped()) return false;
  }
  ++at_;
  out = std::string_view(memory_).substr(begin);
  return true;
}

// One of the escapes that json::append_string writes.
bool Cursor::append_escaped() {
  constexpr std::string_view kShort = "\"\\bfnrt";
  constexpr std::string_view kMeant = "\"\\\b\f\n\r\t";
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (left() < 2 || *at_ != '\\') return false;
  const std::size_t found = kShort.find(at_[1]);
  if (found != std::string_view::npos) {
    memory_ += kMeant[found];
    at_ += 2;
    return true;
  }
  if (!take("\\u00") || left() < 2) return false;
  const std::size_t high = kDigits.find(at_[0]);
  const std::size_t low = kDigits.find(at_[1]);
  if (high > 1 || low == std::string_view::npos) return false;
  memory_ += static_cast<char>(high << 4 | low);
  at_ += 2;
  return true;
}

// From its opening quote to behind its closing one.
bool Cursor::skip_string() {
  for (++at_; at_ < end_; at_ += 2) {
    at_ = json::find_special(at_, end_);
    if (at_ == end_) return false;
    if (*at_ == '"') {
      ++at_;
      return true;
    }
    if (*at_ != '\\') return false;
  }
  return false;
}

bool Cursor::skip_value() {
  std::size_t depth = 0;
  const char* const begin = at_;
  while (at_ < end_) {
    const char c = *at_;
    if (c == '"') {
      if (!skip_string()) return false;
      if (depth == 0) return true;
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || c == ']')) return at_ != begin;
    ++at_;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return true;
  }
  return false;
}

// Takes the members of one object in the order of the calls; an absent one is none of its business
// where it may be absent.
class Members {
 public:
  explicit Members(Cursor& in) : in_(in) {}

  bool next(std::string_view name) {
    if (!in_.take_key(separator_, name)) return false;
    separator_ = ',';
    return true;
  }
  bool required(std::string_view name, std::string_view& out) {
    return next(name) && in_.text(out);
  }
  bool text(std::string_view name, TextView& out) { return !next(name) || in_.text(out.emplace()); }
  bool value(std::string_view name, JsonView& out) {
    return !next(name) || in_.value(out.emplace());
  }
  bool integer(std::string_view name, std::optional<std::int64_t>& out) {
    return !next(name) || in_.number(out.emplace());
  }
  bool time(std::string_view name, Timestamp& out) {
    std::string_view text;
    if (!required(name, text)) return false;
    const auto time = parse_rfc3339(text);
    if (time) out = *time;
    return time.has_value();
  }
  // An object or a list, read by `read`.
  template <typename T>
  bool part(std::string_view name, std::optional<T>& out, bool (*read)(Cursor&, T&)) {
    return !next(name) || read(in_, out.emplace());
  }
  template <typename T>
  bool list(std::string_view name, std::optional<std::vector<T>>& out, std::vector<T>& memory,
            bool (*read)(Cursor&, T&)) {
    if (!next(name)) return true;
    std::vector<T>& items = out.emplace(std::move(memory));
    items.clear();
    if (!in_.take("[")) return false;
    if (in_.take("]")) return true;
    do {
      if (!read(in_, items.emplace_back())) return false;
    } while (in_.take(","));
    return in_.take("]");
  }
  bool close() { return in_.take(separator_ == '{' ? "{}" : "}"); }

 private:
  Cursor& in_;
  char separator_ = '{';
};

bool read_actor(Cursor& in, ActorView& actor) {
  Members m(in);
  return m.text("type", actor.type) && m.required("id", actor.id) && m.text("name", actor.name) &&
         m.text("username", actor.username) && m.text("email", actor.email) &&
         m.text("role", actor.role) && m.value("metadata", actor.metadata) && m.close();
}

bool read_target(Cursor& in, TargetView& target) {
  Members m(in);
  return m.text("type", target.type) && m.text("id", target.id) && m.text("name", target.name) &&
         m.value("metadata", target.metadata) && m.close();
}

bool read_context(Cursor& in, ContextView& context) {
  Members m(in);
  return m.text("ip", context.ip) && m.text("location", context.location) &&
         m.text("user_agent", context.user_agent) && m.text("url", context.url) &&
         m.text("request_id", context.request_id) && m.text("session_id", context.session_id) &&
         m.close();
}

bool read_error(Cursor& in, ErrorDetailView& error) {
  Members m(in);
  return m.text("code", error.code) && m.text("message", error.message) && m.close();
}

bool read_change(Cursor& in, ChangeView& change) {
  Members m(in);
  return m.required("field", change.field) && m.value("before", change.before) &&
         m.value("after", change.after) && m.close();
}

constexpr std::array<std::int8_t, 256> make_base64url_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  std::int8_t next = 0;
  for (const char c :
       std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")) {
    values[static_cast<unsigned char>(c)] = next++;
  }
  return values;
}

// Without padding, so 22 characters; the four bits that are left over must be none.
bool read_nonce(std::string_view text, Nonce& out) {
  static constexpr auto kValues = make_base64url_values();
  if (text.size() != (out.size() * 8 + 5) / 6) return false;
  std::uint32_t bits = 0;
  int count = 0;
  std::size_t next = 0;
  for (const char c : text) {
    const int value = kValues[static_cast<unsigned char>(c)];
    if (value < 0) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out[next++] = static_cast<std::uint8_t>(bits >> count);
  }
  return (bits & ((1u << count) - 1)) == 0;
}

bool read_head(Cursor& in, Members& m, StoredView& out) {
  std::string_view id;
  std::string_view nonce;
  if (!m.next("v") || !in.take("1") || !m.next("seq") || !in.number(out.seq.value) ||
      !m.time("received_at", out.received_at) || !m.required("id", id) ||
      !m.required("nonce", nonce) || !read_nonce(nonce, out.nonce)) {
    return false;
  }
  const auto uuid = Uuid::parse(id);
  if (uuid) out.id = *uuid;
  return uuid.has_value() && out.seq.value > 0;
}

bool read_what(Members& m, EventView& event) {
  return m.required("organization_id", event.organization_id) &&
         m.required("action", event.action) && m.text("action_label", event.action_label) &&
         m.text("area", event.area) && m.text("application", event.application) &&
         m.text("category", event.category) && m.text("crud", event.crud) &&
         m.time("occurred_at", event.occurred_at);
}

}  // namespace

void RecordReader::clear(StoredView& out) {
  if (out.event.targets) targets_ = *std::move(out.event.targets);
  if (out.event.changes) changes_ = *std::move(out.event.changes);
  out = {};
}

bool RecordReader::read(std::string_view record, StoredView& out) {
  clear(out);
  EventView& event = out.event;
  Cursor in(record, decoded_);
  Members m(in);
  return read_head(in, m, out) && read_what(m, event) && m.next("actor") &&
         read_actor(in, event.actor) && m.list("targets", event.targets, targets_, read_target) &&
         m.part("context", event.context, read_context) && m.text("outcome", event.outcome) &&
         m.integer("http_status", event.http_status) && m.part("error", event.error, read_error) &&
         m.list("changes", event.changes, changes_, read_change) &&
         m.value("metadata", event.metadata) && m.text("external_id", event.external_id) &&
         m.integer("version", event.version) && m.close() && in.done();
}

}  // namespace trailkeeper::event
