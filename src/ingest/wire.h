#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "origins.h"

namespace trailkeeper::ingest {

// The members of an event that a foreign form can fill, by the names that mappings use: `actor.id`,
// `context.ip`. `target.*` is the first of `targets`.
enum class Field : std::uint8_t {
  organization_id,
  action,
  action_label,
  area,
  application,
  category,
  crud,
  occurred_at,
  actor_type,
  actor_id,
  actor_name,
  actor_username,
  actor_email,
  actor_role,
  target_type,
  target_id,
  target_name,
  context_ip,
  context_location,
  context_user_agent,
  context_url,
  context_request_id,
  context_session_id,
  outcome,
  http_status,
  error_code,
  error_message,
  external_id,
  version,
};
inline constexpr std::size_t kFieldCount = 29;

std::string_view field_name(Field field);
std::optional<Field> find_field(std::string_view name);
// Whether the member is a number; the others are texts.
bool is_number(Field field);
// Its JSON pointer in the event: "/actor/id", "/targets/0/id".
std::string field_pointer(Field field);

// An event in our own form, written piece by piece out of a foreign one. It is then read by the
// same code as an event that came in our own form, so there is one validation. Used again and
// again: clear() keeps the memory.
class Wire {
 public:
  void clear();

  bool has(Field field) const { return set_[static_cast<std::size_t>(field)]; }
  // `json` is a JSON value.
  void set(Field field, std::string_view json);
  void set_text(Field field, std::string_view text);
  // A whole member that the sender wrote in our own form already, such as `changes`. REQUIRES: no
  // field of it is set too.
  void member(std::string_view name, std::string_view json);
  // A member of the event's metadata. Equal keys are not looked for: whoever reads the event
  // refuses them.
  void metadata(std::string_view key, std::string_view json);

  std::string render() const;

  Origins origins;

 private:
  std::array<std::string, kFieldCount> values_;
  std::array<bool, kFieldCount> set_{};
  std::string members_;
  std::string metadata_;
};

}  // namespace trailkeeper::ingest
