#include "settings/outbox.h"

#include <arpa/inet.h>

#include "json/writer.h"
#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::size_t kTextBytesMax = 1000;

// Adds the member unless it is empty. What a person or a browser sent may hold anything: it is cut
// at a character's border, so that an entry about it is never refused.
void add_text(json::Writer& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  if (text.size() > kTextBytesMax) {
    std::size_t end = kTextBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end);
  }
  std::string clean;
  for (const char c : text) {
    if (c != '\0') clean += c;
  }
  std::string value;
  json::append_string_lossy(value, clean);
  out.key(name).raw(value);
}

void add_actor(json::Writer& out, const Actor& actor) {
  out.key("actor").begin_object();
  add_text(out, "type", actor.type);
  add_text(out, "id", actor.id);
  add_text(out, "name", actor.name);
  add_text(out, "username", actor.email);
  add_text(out, "email", actor.email);
  add_text(out, "role", actor.role);
  out.end_object();
}

void add_targets(json::Writer& out, const std::vector<Target>& targets) {
  if (targets.empty()) return;
  out.key("targets").begin_array();
  for (const Target& target : targets) {
    out.begin_object();
    add_text(out, "type", target.type);
    add_text(out, "id", target.id);
    add_text(out, "name", target.name);
    out.end_object();
  }
  out.end_array();
}

// A peer without an address (admin.sock) has none to show.
bool is_address(const std::string& text) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

void add_context(json::Writer& out, const Origin& origin) {
  const bool has_ip = is_address(origin.ip);
  if (!has_ip && origin.user_agent.empty() && origin.request_id.empty() &&
      origin.session_id.empty())
    return;
  out.key("context").begin_object();
  if (has_ip) add_text(out, "ip", origin.ip);
  add_text(out, "user_agent", origin.user_agent);
  add_text(out, "request_id", origin.request_id);
  add_text(out, "session_id", origin.session_id);
  out.end_object();
}

void add_changes(json::Writer& out, const std::vector<Change>& changes) {
  if (changes.empty()) return;
  out.key("changes").begin_array();
  for (const Change& change : changes) {
    out.begin_object();
    add_text(out, "field", change.field);
    if (!change.before.empty()) out.key("before").raw(change.before);
    if (!change.after.empty()) out.key("after").raw(change.after);
    out.end_object();
  }
  out.end_array();
}

void add_result(json::Writer& out, const OwnAction& action) {
  out.member("outcome", action.success ? "success" : "failure");
  if (action.http_status) out.member("http_status", *action.http_status);
  if (action.error_code.empty() && action.error_message.empty()) return;
  out.key("error").begin_object();
  add_text(out, "code", action.error_code);
  add_text(out, "message", action.error_message);
  out.end_object();
}

std::string render(const OwnAction& action, Timestamp now, const std::string& external_id) {
  json::Writer out;
  out.begin_object();
  out.member("organization_id", action.org.str());
  out.member("action", action.info.id).member("action_label", action.info.label);
  out.member("area", action.info.area).member("application", "trailkeeper");
  out.member("category", action.info.category).member("crud", action.info.crud);
  out.member("occurred_at", format_rfc3339(now));
  add_actor(out, action.actor);
  add_targets(out, action.targets);
  add_context(out, action.origin);
  add_result(out, action);
  add_changes(out, action.changes);
  if (!action.metadata.empty()) out.key("metadata").raw(action.metadata);
  out.member("external_id", external_id);
  out.end_object();
  return out.take();
}

}  // namespace

Actor system_actor() { return {.type = "system", .id = "trailkeeper", .name = "Trailkeeper"}; }

Result<> add_to_outbox(WriteTx& tx, const OwnAction& action, Timestamp now) {
  // Random too, so that ids given after an old backup was restored are new ones.
  const std::string external_id = "trailkeeper-" + Uuid::v7(now).str();
  auto statement =
      TRY(tx.database().prepare("INSERT INTO outbox (org, external_id, event) VALUES (?, ?, ?)"));
  return statement.with(action.org, external_id, render(action, now, external_id)).run();
}

Result<std::vector<OutboxEntry>> read_outbox(const ReadTx& tx, std::int64_t after,
                                             std::size_t limit) {
  auto statement = TRY(tx.database().prepare(
      "SELECT id, org, external_id, event FROM outbox WHERE id > ? ORDER BY id LIMIT ?"));
  statement.with(after, static_cast<std::uint64_t>(limit));
  return all_rows<OutboxEntry>(statement, [](const db::Statement& row) -> Result<OutboxEntry> {
    return OutboxEntry{.id = row.integer(0),
                       .org = TRY(org_at(row, 1)),
                       .external_id = row.text(2),
                       .event = row.text(3)};
  });
}

Result<std::uint64_t> outbox_size(const ReadTx& tx) {
  auto statement = TRY(tx.database().prepare("SELECT count(*) FROM outbox"));
  return count_of(statement);
}

Result<> remove_from_outbox(WriteTx& tx, const std::vector<std::int64_t>& ids) {
  auto statement = TRY(tx.database().prepare("DELETE FROM outbox WHERE id = ?"));
  for (const std::int64_t id : ids) TRY(statement.with(id).run());
  return {};
}

}  // namespace trailkeeper::settings
