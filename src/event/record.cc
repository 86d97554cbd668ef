#include "event/record.h"

#include <charconv>
#include <cstring>

#include "crypto/hash.h"
#include "json/writer.h"

namespace trailkeeper::event {
namespace {

template <typename T>
void append_integer(std::string& out, T value) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

// Writes the members of one object in the order of the calls, leaving out what is absent.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) {}

  void text(std::string_view name, const TextView& value) {
    if (value) text(name, *value);
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    json::append_string(out_, value);
  }
  void raw(std::string_view name, const JsonView& value) {
    if (!value) return;
    key(name);
    out_ += *value;
  }
  void integer(std::string_view name, const std::optional<std::int64_t>& value) {
    if (!value) return;
    key(name);
    append_integer(out_, *value);
  }
  void key(std::string_view name) {
    // One growth and one copy for all of it: this runs twenty times an event.
    const std::size_t at = out_.size();
    out_.resize(at + name.size() + 4);
    char* to = out_.data() + at;
    *to++ = first_ ? '{' : ',';
    *to++ = '"';
    std::memcpy(to, name.data(), name.size());
    std::memcpy(to + name.size(), "\":", 2);
    first_ = false;
  }
  void close() { out_ += first_ ? "{}" : "}"; }
  // Goes on with an object whose first members stand there already.
  void continued() { first_ = false; }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_actor(std::string& out, const ActorView& actor) {
  Members m(out);
  m.text("type", actor.type);
  m.text("id", actor.id);
  m.text("name", actor.name);
  m.text("username", actor.username);
  m.text("email", actor.email);
  m.text("role", actor.role);
  m.raw("metadata", actor.metadata);
  m.close();
}

void append_target(std::string& out, const TargetView& target) {
  Members m(out);
  m.text("type", target.type);
  m.text("id", target.id);
  m.text("name", target.name);
  m.raw("metadata", target.metadata);
  m.close();
}

void append_context(std::string& out, const ContextView& context) {
  Members m(out);
  m.text("ip", context.ip);
  m.text("location", context.location);
  m.text("user_agent", context.user_agent);
  m.text("url", context.url);
  m.text("request_id", context.request_id);
  m.text("session_id", context.session_id);
  m.close();
}

void append_error(std::string& out, const ErrorDetailView& error) {
  Members m(out);
  m.text("code", error.code);
  m.text("message", error.message);
  m.close();
}

void append_change(std::string& out, const ChangeView& change) {
  Members m(out);
  m.text("field", change.field);
  m.raw("before", change.before);
  m.raw("after", change.after);
  m.close();
}

template <typename T, typename Append>
void append_list(std::string& out, const std::vector<T>& items, Append append) {
  out += '[';
  bool first = true;
  for (const T& item : items) {
    if (!first) out += ',';
    first = false;
    append(out, item);
  }
  out += ']';
}

void append_what(Members& m, const EventView& event) {
  m.text("organization_id", event.organization_id);
  m.text("action", event.action);
  m.text("action_label", event.action_label);
  m.text("area", event.area);
  m.text("application", event.application);
  m.text("category", event.category);
  m.text("crud", event.crud);
}

void append_rest(std::string& out, Members& m, const EventView& event) {
  m.key("actor");
  append_actor(out, event.actor);
  if (event.targets) {
    m.key("targets");
    append_list(out, *event.targets, append_target);
  }
  if (event.context) {
    m.key("context");
    append_context(out, *event.context);
  }
  m.text("outcome", event.outcome);
  m.integer("http_status", event.http_status);
  if (event.error) {
    m.key("error");
    append_error(out, *event.error);
  }
  if (event.changes) {
    m.key("changes");
    append_list(out, *event.changes, append_change);
  }
  m.raw("metadata", event.metadata);
  m.text("external_id", event.external_id);
  m.integer("version", event.version);
}

}  // namespace

void append_tail(std::string& out, const Uuid& id, const Nonce& nonce, const EventView& event) {
  out += "\"id\":\"";
  out += id.str();
  out += "\",\"nonce\":\"";
  out += to_base64url(as_text(nonce));
  out += '"';
  Members m(out);
  m.continued();
  append_what(m, event);
  m.key("occurred_at");
  out += '"';
  append_rfc3339(out, event.occurred_at);
  out += '"';
  append_rest(out, m, event);
  m.close();
}

std::string render_tail(const Uuid& id, const Nonce& nonce, const Event& event) {
  std::string out;
  out.reserve(640);
  append_tail(out, id, nonce, view_of(event));
  return out;
}

void append_head(std::string& out, Seq seq, Timestamp received_at) {
  out += "{\"v\":1,\"seq\":";
  append_integer(out, seq.value);
  out += ",\"received_at\":\"";
  append_rfc3339(out, received_at);
  out += "\",";
}

void append_record(std::string& out, const StoredView& stored) {
  append_head(out, stored.seq, stored.received_at);
  append_tail(out, stored.id, stored.nonce, stored.event);
}

std::string render_record(const StoredEvent& stored) {
  std::string out;
  append_record(out, view_of(stored));
  return out;
}

Sha256Digest hash_record(std::string_view record) { return crypto::sha256(record); }

}  // namespace trailkeeper::event
