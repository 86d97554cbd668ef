#include <vector>

#include "binary.h"
#include "columns.h"
#include "event/fold.h"
#include "event/record.h"
#include "events/row.h"

namespace trailkeeper::events {
namespace {

using event::Event;
using event::Text;

std::uint64_t bit(bool present, std::uint64_t mask) { return present ? mask : 0; }

std::uint64_t present_in_context(const std::optional<event::Context>& context) {
  if (!context) return 0;
  return kContext | bit(context->ip.has_value(), kIp) |
         bit(context->location.has_value(), kLocation) |
         bit(context->user_agent.has_value(), kUserAgent) | bit(context->url.has_value(), kUrl) |
         bit(context->request_id.has_value(), kRequestId) |
         bit(context->session_id.has_value(), kSessionId);
}

std::uint64_t present_in_actor(const event::Actor& actor) {
  return bit(actor.type.has_value(), kActorType) | bit(actor.name.has_value(), kActorName) |
         bit(actor.username.has_value(), kActorUsername) |
         bit(actor.email.has_value(), kActorEmail) | bit(actor.role.has_value(), kActorRole) |
         bit(actor.metadata.has_value(), kActorMetadata);
}

std::uint64_t present_in_error(const std::optional<event::ErrorDetail>& error) {
  if (!error) return 0;
  return kError | bit(error->code.has_value(), kErrorCode) |
         bit(error->message.has_value(), kErrorMessage);
}

std::uint64_t present_in(const Event& event) {
  return bit(event.action_label.has_value(), kActionLabel) | bit(event.area.has_value(), kArea) |
         bit(event.application.has_value(), kApplication) |
         bit(event.category.has_value(), kCategory) | bit(event.crud.has_value(), kCrud) |
         present_in_actor(event.actor) | bit(event.targets.has_value(), kTargets) |
         present_in_context(event.context) | bit(event.outcome.has_value(), kOutcome) |
         bit(event.http_status.has_value(), kHttpStatus) | present_in_error(event.error) |
         bit(event.changes.has_value(), kChanges) | bit(event.metadata.has_value(), kMetadata) |
         bit(event.external_id.has_value(), kExternalId) | bit(event.version.has_value(), kVersion);
}

void put(std::string& out, const Text& text) {
  put_text(out, text ? std::string_view(*text) : std::string_view{});
}

// A list of items as one array column, made by `value(item)`.
template <typename Items, typename Value>
void put_texts(std::string& out, const Items& items, Value value) {
  put_length(out, items.size());
  for (const auto& item : items) put(out, value(item));
}

void put_targets(std::string& out, const std::vector<event::Target>& targets) {
  put_texts(out, targets, [](const event::Target& t) -> const Text& { return t.type; });
  put_texts(out, targets, [](const event::Target& t) -> const Text& { return t.id; });
  put_texts(out, targets, [](const event::Target& t) -> const Text& { return t.name; });
  put_texts(out, targets, [](const event::Target& t) -> const Text& { return t.metadata; });
  put_length(out, targets.size());
  for (const event::Target& target : targets) {
    put_number(out, static_cast<std::uint8_t>(bit(target.type.has_value(), kTargetType) |
                                              bit(target.id.has_value(), kTargetId) |
                                              bit(target.name.has_value(), kTargetName) |
                                              bit(target.metadata.has_value(), kTargetMetadata)));
  }
}

void put_changes(std::string& out, const std::vector<event::Change>& changes) {
  put_length(out, changes.size());
  for (const event::Change& change : changes) put_text(out, change.field);
  put_texts(out, changes, [](const event::Change& c) -> const Text& { return c.before; });
  put_texts(out, changes, [](const event::Change& c) -> const Text& { return c.after; });
  put_length(out, changes.size());
  for (const event::Change& change : changes) {
    put_number(out, static_cast<std::uint8_t>(bit(change.before.has_value(), kChangeBefore) |
                                              bit(change.after.has_value(), kChangeAfter)));
  }
}

// The folded text, or nothing where lower-casing ASCII does the same: a search then uses the text
// itself.
void put_folded(std::string& out, std::string_view text) {
  bool ascii = true;
  for (const char c : text) ascii = ascii && static_cast<unsigned char>(c) < 0x80;
  if (ascii) return put_text(out, {});
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const std::string folded = event::fold(text);
  put_text(out, folded == lower ? std::string_view{} : std::string_view(folded));
}

void put_head(std::string& out, std::uint64_t batch, const event::StoredEvent& stored,
              std::uint64_t present) {
  put_text(out, stored.event.organization_id);
  put_number(out, stored.seq.value);
  put_number(out, to_micros(stored.received_at));
  put_number(out, to_micros(stored.event.occurred_at));
  put_number(out, batch);
  out.append(reinterpret_cast<const char*>(stored.id.bytes.data()), stored.id.bytes.size());
  out.append(reinterpret_cast<const char*>(stored.nonce.data()), stored.nonce.size());
  put_number(out, present);
}

// Everything between `present` and `raw`.
void put_event(std::string& out, const Event& event) {
  static const event::Context no_context;
  static const event::ErrorDetail no_error;
  static const std::vector<event::Target> no_targets;
  static const std::vector<event::Change> no_changes;
  const event::Context& context = event.context ? *event.context : no_context;
  const event::ErrorDetail& error = event.error ? *event.error : no_error;
  put_text(out, event.action);
  for (const Text* text : {&event.action_label, &event.area, &event.application, &event.category,
                           &event.crud, &event.actor.type}) {
    put(out, *text);
  }
  put_text(out, event.actor.id);
  for (const Text* text : {&event.actor.name, &event.actor.username, &event.actor.email,
                           &event.actor.role, &event.actor.metadata}) {
    put(out, *text);
  }
  put_targets(out, event.targets ? *event.targets : no_targets);
  for (const Text* text : {&context.ip, &context.location, &context.user_agent, &context.url,
                           &context.request_id, &context.session_id, &event.outcome}) {
    put(out, *text);
  }
  put_number(out, event.http_status.value_or(0));
  put(out, error.code);
  put(out, error.message);
  put_changes(out, event.changes ? *event.changes : no_changes);
  put(out, event.metadata);
  put(out, event.external_id);
  put_number(out, event.version.value_or(0));
}

void put_folded_copies(std::string& out, const Event& event) {
  const auto text = [](const Text& value) {
    return value ? std::string_view(*value) : std::string_view{};
  };
  put_folded(out, text(event.actor.name));
  put_folded(out, text(event.actor.username));
  put_folded(out, text(event.actor.email));
  put_folded(out, event.action);
  put_folded(out, text(event.action_label));
  put_folded(out, text(event.area));
}

// What a row of `raw` alone keeps of the event.
event::StoredEvent without_columns(const event::StoredEvent& stored) {
  event::StoredEvent bare{stored.seq, stored.received_at, stored.id, stored.nonce, {}};
  bare.event.organization_id = stored.event.organization_id;
  bare.event.occurred_at = stored.event.occurred_at;
  return bare;
}

}  // namespace

const std::string& selected_columns() {
  static const std::string columns =
      "org, seq, received_at, occurred_at, batch, id, nonce, present, action, action_label, area, "
      "application, "
      "category, crud, actor_type, actor_id, actor_name, actor_username, actor_email, actor_role, "
      "actor_metadata, "
      "target_types, target_ids, target_names, target_metadata, target_present, ip, location, "
      "user_agent, url, "
      "request_id, session_id, outcome, http_status, error_code, error_message, change_fields, "
      "change_before, "
      "change_after, change_present, metadata, external_id, version, raw";
  return columns;
}

const std::string& inserted_columns() {
  static const std::string columns =
      selected_columns() +
      ", folded_name, folded_username, folded_email, folded_action, folded_label, folded_area";
  return columns;
}

void append_row(std::string& out, std::uint64_t batch, const event::StoredEvent& stored,
                std::string_view raw) {
  put_head(out, batch, stored, present_in(stored.event));
  put_event(out, stored.event);
  put_text(out, raw);
  put_folded_copies(out, stored.event);
}

BatchBuilder::BatchBuilder(std::uint64_t batch) : batch_(batch) {}

bool BatchBuilder::add(const event::StoredEvent& stored, std::string_view record) {
  const std::size_t start = bytes_.size();
  append_row(bytes_, batch_, stored, {});
  ++rows_;
  RowReader reader;
  // The folded copies at the end are not part of what is read; they are left waiting.
  reader.feed(std::string_view(bytes_).substr(start));
  auto decoded = reader.next();
  if (decoded && *decoded && event::render_record((*decoded)->stored) == record) return true;
  bytes_.resize(start);
  append_row(bytes_, batch_, stored, record);
  return false;
}

void BatchBuilder::add_raw_only(const event::StoredEvent& stored, std::string_view record) {
  const event::StoredEvent bare = without_columns(stored);
  put_head(bytes_, batch_, bare, kRawOnly);
  put_event(bytes_, bare.event);
  put_text(bytes_, record);
  put_folded_copies(bytes_, bare.event);
  ++rows_;
}

}  // namespace trailkeeper::events
