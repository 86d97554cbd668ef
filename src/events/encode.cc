#include <algorithm>
#include <cstring>
#include <tuple>
#include <vector>

#include "binary.h"
#include "columns.h"
#include "crypto/hash.h"
#include "decode.h"
#include "event/fold.h"
#include "event/record.h"
#include "events/row.h"

namespace trailkeeper::events {
namespace {

using event::EventView;
using event::TextView;

std::uint64_t bit(bool present, std::uint64_t mask) { return present ? mask : 0; }

std::uint64_t present_in_context(const std::optional<event::ContextView>& context) {
  if (!context) return 0;
  return kContext | bit(context->ip.has_value(), kIp) |
         bit(context->location.has_value(), kLocation) |
         bit(context->user_agent.has_value(), kUserAgent) | bit(context->url.has_value(), kUrl) |
         bit(context->request_id.has_value(), kRequestId) |
         bit(context->session_id.has_value(), kSessionId);
}

std::uint64_t present_in_actor(const event::ActorView& actor) {
  return bit(actor.type.has_value(), kActorType) | bit(actor.name.has_value(), kActorName) |
         bit(actor.username.has_value(), kActorUsername) |
         bit(actor.email.has_value(), kActorEmail) | bit(actor.role.has_value(), kActorRole) |
         bit(actor.metadata.has_value(), kActorMetadata);
}

std::uint64_t present_in_error(const std::optional<event::ErrorDetailView>& error) {
  if (!error) return 0;
  return kError | bit(error->code.has_value(), kErrorCode) |
         bit(error->message.has_value(), kErrorMessage);
}

std::uint64_t present_in(const EventView& event) {
  return bit(event.action_label.has_value(), kActionLabel) | bit(event.area.has_value(), kArea) |
         bit(event.application.has_value(), kApplication) |
         bit(event.category.has_value(), kCategory) | bit(event.crud.has_value(), kCrud) |
         present_in_actor(event.actor) | bit(event.targets.has_value(), kTargets) |
         present_in_context(event.context) | bit(event.outcome.has_value(), kOutcome) |
         bit(event.http_status.has_value(), kHttpStatus) | present_in_error(event.error) |
         bit(event.changes.has_value(), kChanges) | bit(event.metadata.has_value(), kMetadata) |
         bit(event.external_id.has_value(), kExternalId) | bit(event.version.has_value(), kVersion);
}

void put(std::string& out, const TextView& text) {
  put_text(out, text ? std::string_view(*text) : std::string_view{});
}

// A list of items as one array column, made by `value(item)`.
template <typename Items, typename Value>
void put_texts(std::string& out, const Items& items, Value value) {
  put_length(out, items.size());
  for (const auto& item : items) put(out, value(item));
}

void put_targets(std::string& out, const std::vector<event::TargetView>& targets) {
  put_texts(out, targets, [](const event::TargetView& t) -> const TextView& { return t.type; });
  put_texts(out, targets, [](const event::TargetView& t) -> const TextView& { return t.id; });
  put_texts(out, targets, [](const event::TargetView& t) -> const TextView& { return t.name; });
  put_texts(out, targets, [](const event::TargetView& t) -> const TextView& { return t.metadata; });
  put_length(out, targets.size());
  for (const event::TargetView& target : targets) {
    put_number(out, static_cast<std::uint8_t>(bit(target.type.has_value(), kTargetType) |
                                              bit(target.id.has_value(), kTargetId) |
                                              bit(target.name.has_value(), kTargetName) |
                                              bit(target.metadata.has_value(), kTargetMetadata)));
  }
}

void put_changes(std::string& out, const std::vector<event::ChangeView>& changes) {
  put_length(out, changes.size());
  for (const event::ChangeView& change : changes) put_text(out, change.field);
  put_texts(out, changes, [](const event::ChangeView& c) -> const TextView& { return c.before; });
  put_texts(out, changes, [](const event::ChangeView& c) -> const TextView& { return c.after; });
  put_length(out, changes.size());
  for (const event::ChangeView& change : changes) {
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

void put_head(std::string& out, std::uint64_t batch, const event::StoredView& stored,
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
void put_event(std::string& out, const EventView& event) {
  static const event::ContextView no_context;
  static const event::ErrorDetailView no_error;
  static const std::vector<event::TargetView> no_targets;
  static const std::vector<event::ChangeView> no_changes;
  const event::ContextView& context = event.context ? *event.context : no_context;
  const event::ErrorDetailView& error = event.error ? *event.error : no_error;
  put_text(out, event.action);
  for (const TextView* text : {&event.action_label, &event.area, &event.application,
                               &event.category, &event.crud, &event.actor.type}) {
    put(out, *text);
  }
  put_text(out, event.actor.id);
  for (const TextView* text : {&event.actor.name, &event.actor.username, &event.actor.email,
                               &event.actor.role, &event.actor.metadata}) {
    put(out, *text);
  }
  put_targets(out, event.targets ? *event.targets : no_targets);
  for (const TextView* text : {&context.ip, &context.location, &context.user_agent, &context.url,
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

void put_folded_copies(std::string& out, const EventView& event) {
  const auto text = [](const TextView& value) {
    return value ? std::string_view(*value) : std::string_view{};
  };
  put_folded(out, text(event.actor.name));
  put_folded(out, text(event.actor.username));
  put_folded(out, text(event.actor.email));
  put_folded(out, event.action);
  put_folded(out, text(event.action_label));
  put_folded(out, text(event.area));
}

// Bytes of an encoded row without the folded copies at its end, which are not selected.
std::size_t selected_size(std::string_view bytes) {
  const auto decoded = decode_row(bytes);
  return decoded && *decoded ? (*decoded)->size : 0;
}

// What a row of `raw` alone keeps of the event.
event::StoredView without_columns(const event::StoredView& stored) {
  event::StoredView bare{stored.seq, stored.received_at, stored.id, stored.nonce, {}};
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

void append_row(std::string& out, std::uint64_t batch, const event::StoredView& stored,
                std::string_view raw) {
  put_head(out, batch, stored, present_in(stored.event));
  put_event(out, stored.event);
  put_text(out, raw);
  put_folded_copies(out, stored.event);
}

void append_row(std::string& out, std::uint64_t batch, const event::StoredEvent& stored,
                std::string_view raw) {
  append_row(out, batch, event::view_of(stored), raw);
}

void RowsPrint::add(std::string_view row) {
  const Sha256Digest digest = crypto::sha256(row);
  std::array<std::uint64_t, 4> words;
  static_assert(sizeof words == sizeof digest);
  std::memcpy(words.data(), digest.data(), sizeof words);
  for (std::size_t i = 0; i < words.size(); ++i) sum[i] += words[i];
  ++rows;
}

BatchBuilder::BatchBuilder(std::uint64_t batch, std::size_t rows) : batch_(batch) {
  constexpr std::size_t kUsualRow = 480;
  bytes_.reserve(rows * kUsualRow);
  places_.reserve(rows);
}

// Notes the row that was just encoded: its place in the order of the table, and its print.
void BatchBuilder::note(const event::StoredView& stored, std::size_t start, std::size_t selected) {
  // Rows come in runs of one organization.
  const std::string_view org = stored.event.organization_id;
  if (last_org_ == nullptr || last_org_->first != org) {
    auto found = orgs_.find(org);
    if (found == orgs_.end()) found = orgs_.emplace(org, orgs_.size()).first;
    last_org_ = &*found;
  }
  places_.push_back(
      {last_org_->second, stored.event.occurred_at, stored.seq, start, bytes_.size() - start});
  print_.add(std::string_view(bytes_).substr(start, selected));
}

bool BatchBuilder::add(const event::StoredView& stored, std::string_view record) {
  const std::size_t start = bytes_.size();
  append_row(bytes_, batch_, stored, {});
  std::size_t selected = 0;
  line_.clear();
  if (auto decoded = decode_row(std::string_view(bytes_).substr(start)); decoded && *decoded) {
    event::append_record(line_, (*decoded)->stored);
    selected = (*decoded)->size;
  }
  const bool same = line_ == record;
  if (!same) {
    bytes_.resize(start);
    append_row(bytes_, batch_, stored, record);
    selected = selected_size(std::string_view(bytes_).substr(start));
  }
  note(stored, start, selected);
  return same;
}

bool BatchBuilder::add(const event::StoredEvent& stored, std::string_view record) {
  return add(event::view_of(stored), record);
}

void BatchBuilder::add_raw_only(const event::StoredEvent& stored, std::string_view record) {
  const event::StoredView bare = without_columns(event::view_of(stored));
  const std::size_t start = bytes_.size();
  put_head(bytes_, batch_, bare, kRawOnly);
  put_event(bytes_, bare.event);
  put_text(bytes_, record);
  put_folded_copies(bytes_, bare.event);
  note(bare, start, selected_size(std::string_view(bytes_).substr(start)));
}

std::vector<std::string_view> BatchBuilder::sorted() const {
  std::vector<std::size_t> rank(orgs_.size());
  std::size_t next = 0;
  for (const auto& [org, index] : orgs_) rank[index] = next++;
  std::vector<Place> places = places_;
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    if (a.org != b.org) return rank[a.org] < rank[b.org];
    return std::tie(a.occurred_at, a.seq) < std::tie(b.occurred_at, b.seq);
  });
  std::vector<std::string_view> rows;
  rows.reserve(places.size());
  for (const Place& place : places) {
    rows.push_back(std::string_view(bytes_).substr(place.at, place.size));
  }
  return rows;
}

}  // namespace trailkeeper::events
