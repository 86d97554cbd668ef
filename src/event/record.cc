#include "event/record.h"

#include "crypto/hash.h"
#include "json/writer.h"

namespace trailkeeper::event {
namespace {

// Writes the members of one object in the order of the calls, leaving out what is absent.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) {}

  void text(std::string_view name, const Text& value) {
    if (value) text(name, *value);
  }
  void text(std::string_view name, const std::string& value) {
    key(name);
    json::append_string(out_, value);
  }
  void raw(std::string_view name, const Json& value) {
    if (!value) return;
    key(name);
    out_ += *value;
  }
  void integer(std::string_view name, const std::optional<std::int64_t>& value) {
    if (!value) return;
    key(name);
    out_ += std::to_string(*value);
  }
  void key(std::string_view name) {
    out_ += first_ ? '{' : ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void close() { out_ += first_ ? "{}" : "}"; }
  // Goes on with an object whose first members stand there already.
  void continued() { first_ = false; }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_actor(std::string& out, const Actor& actor) {
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

void append_target(std::string& out, const Target& target) {
  Members m(out);
  m.text("type", target.type);
  m.text("id", target.id);
  m.text("name", target.name);
  m.raw("metadata", target.metadata);
  m.close();
}

void append_context(std::string& out, const Context& context) {
  Members m(out);
  m.text("ip", context.ip);
  m.text("location", context.location);
  m.text("user_agent", context.user_agent);
  m.text("url", context.url);
  m.text("request_id", context.request_id);
  m.text("session_id", context.session_id);
  m.close();
}

void append_error(std::string& out, const ErrorDetail& error) {
  Members m(out);
  m.text("code", error.code);
  m.text("message", error.message);
  m.close();
}

void append_change(std::string& out, const Change& change) {
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

void append_what(Members& m, const Event& event) {
  m.text("organization_id", event.organization_id);
  m.text("action", event.action);
  m.text("action_label", event.action_label);
  m.text("area", event.area);
  m.text("application", event.application);
  m.text("category", event.category);
  m.text("crud", event.crud);
}

void append_rest(std::string& out, Members& m, const Event& event) {
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

std::string render_tail(const Uuid& id, const Nonce& nonce, const Event& event) {
  std::string out;
  out.reserve(640);
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
  return out;
}

void append_head(std::string& out, Seq seq, Timestamp received_at) {
  out += "{\"v\":1,\"seq\":";
  out += std::to_string(seq.value);
  out += ",\"received_at\":\"";
  append_rfc3339(out, received_at);
  out += "\",";
}

std::string render_record(const StoredEvent& stored) {
  std::string out;
  append_head(out, stored.seq, stored.received_at);
  out += render_tail(stored.id, stored.nonce, stored.event);
  return out;
}

Sha256Digest hash_record(std::string_view record) { return crypto::sha256(record); }

}  // namespace trailkeeper::event
