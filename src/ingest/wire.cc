#include "wire.h"

#include <algorithm>

#include "json/writer.h"

namespace trailkeeper::ingest {
namespace {

struct Info {
  std::string_view name;
  std::string_view group;  // of the event in our own form; empty: the event itself
  std::string_view member;
};

// In the order of Field; the members of a group stand together.
constexpr std::array<Info, kFieldCount> kFields{{
    {"organization_id", "", "organization_id"},
    {"action", "", "action"},
    {"action_label", "", "action_label"},
    {"area", "", "area"},
    {"application", "", "application"},
    {"category", "", "category"},
    {"crud", "", "crud"},
    {"occurred_at", "", "occurred_at"},
    {"actor.type", "actor", "type"},
    {"actor.id", "actor", "id"},
    {"actor.name", "actor", "name"},
    {"actor.username", "actor", "username"},
    {"actor.email", "actor", "email"},
    {"actor.role", "actor", "role"},
    {"target.type", "targets", "type"},
    {"target.id", "targets", "id"},
    {"target.name", "targets", "name"},
    {"context.ip", "context", "ip"},
    {"context.location", "context", "location"},
    {"context.user_agent", "context", "user_agent"},
    {"context.url", "context", "url"},
    {"context.request_id", "context", "request_id"},
    {"context.session_id", "context", "session_id"},
    {"outcome", "", "outcome"},
    {"http_status", "", "http_status"},
    {"error.code", "error", "code"},
    {"error.message", "error", "message"},
    {"external_id", "", "external_id"},
    {"version", "", "version"},
}};
constexpr std::string_view kList = "targets";

const Info& info(Field field) { return kFields[static_cast<std::size_t>(field)]; }

void append_member(std::string& out, std::string_view key, std::string_view json) {
  if (!out.empty() && out.back() != '{') out += ',';
  json::append_string(out, key);
  out += ':';
  out += json;
}

void open_group(std::string& out, std::string_view group) {
  if (group.empty()) return;
  append_member(out, group, group == kList ? "[{" : "{");
}

void close_group(std::string& out, std::string_view group) {
  if (!group.empty()) out += group == kList ? "}]" : "}";
}

}  // namespace

std::string_view field_name(Field field) { return info(field).name; }

std::optional<Field> find_field(std::string_view name) {
  const auto found = std::find_if(kFields.begin(), kFields.end(),
                                  [&](const Info& info) { return info.name == name; });
  if (found == kFields.end()) return std::nullopt;
  return static_cast<Field>(found - kFields.begin());
}

bool is_number(Field field) { return field == Field::http_status || field == Field::version; }

std::string field_pointer(Field field) {
  const Info& found = info(field);
  std::string out;
  if (!found.group.empty()) (out += '/') += found.group;
  if (found.group == kList) out += "/0";
  (out += '/') += found.member;
  return out;
}

void Wire::clear() {
  set_.fill(false);
  members_.clear();
  metadata_.clear();
  origins.clear();
}

void Wire::set(Field field, std::string_view json) {
  values_[static_cast<std::size_t>(field)] = json;
  set_[static_cast<std::size_t>(field)] = true;
}

void Wire::set_text(Field field, std::string_view text) {
  std::string& value = values_[static_cast<std::size_t>(field)];
  value.clear();
  json::append_string(value, text);
  set_[static_cast<std::size_t>(field)] = true;
}

void Wire::member(std::string_view name, std::string_view json) {
  append_member(members_, name, json);
}

void Wire::metadata(std::string_view key, std::string_view json) {
  append_member(metadata_, key, json);
}

std::string Wire::render() const {
  std::string out = "{" + members_;
  std::string_view group;
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    if (!set_[i]) continue;
    if (kFields[i].group != group) {
      close_group(out, group);
      group = kFields[i].group;
      open_group(out, group);
    }
    append_member(out, kFields[i].member, values_[i]);
  }
  close_group(out, group);
  if (!metadata_.empty()) append_member(out, "metadata", "{" + metadata_ + "}");
  return out + "}";
}

}  // namespace trailkeeper::ingest
