#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "event/event.h"

// Which members of a record are columns of their own (docs/decisions/0025): those that are
// filtered, counted or searched by. What is left of the record when they are cut out is one more
// column, `rest`, where a mark stands for each: one byte below 0x20, which JSON never has.
namespace trailkeeper::events {

enum class Parent : std::uint8_t { record, actor, context };

struct TextMember {
  const char* column;
  Parent parent;
  std::string_view key;
};

// In the order in which the columns are encoded and in which their members stand in their parent.
// The marks follow from the places here and are stored: only add, at the end.
inline constexpr std::array<TextMember, 15> kTextMembers{{
    {"action", Parent::record, "action"},
    {"action_label", Parent::record, "action_label"},
    {"area", Parent::record, "area"},
    {"application", Parent::record, "application"},
    {"category", Parent::record, "category"},
    {"crud", Parent::record, "crud"},
    {"actor_id", Parent::actor, "id"},
    {"actor_name", Parent::actor, "name"},
    {"actor_username", Parent::actor, "username"},
    {"actor_email", Parent::actor, "email"},
    {"ip", Parent::context, "ip"},
    {"request_id", Parent::context, "request_id"},
    {"session_id", Parent::context, "session_id"},
    {"outcome", Parent::record, "outcome"},
    {"external_id", Parent::record, "external_id"},
}};

enum TextColumn : std::uint8_t {
  kAction,
  kActionLabel,
  kArea,
  kApplication,
  kCategory,
  kCrud,
  kActorId,
  kActorName,
  kActorUsername,
  kActorEmail,
  kIp,
  kRequestId,
  kSessionId,
  kOutcome,
  kExternalId,
};

// Stored: never renumber.
enum Mark : char {
  kHeadMark = 0x01,        // all up to organization_id
  kOccurredAtMark = 0x02,  // the member, as with those that follow
  kHttpStatusMark = 0x03,
  kTargetTypeMark = 0x04,  // each takes the next item of `targets`
  kTargetIdMark = 0x05,
  kTargetNameMark = 0x06,
  kFirstTextMark = 0x07,  // kTextMembers
  kExactLineMark = 0x1f,  // first in `rest`: the exact line follows
};

// What an item of the column `targets` begins with.
enum TargetLetter : char { kTargetType = 't', kTargetId = 'i', kTargetName = 'n' };

// One row. The texts lie in somebody else's bytes.
struct RowColumns {
  std::string_view org;
  Seq seq{};
  Timestamp received_at{};
  Timestamp occurred_at{};
  std::uint64_t batch = 0;
  Uuid id{};
  event::Nonce nonce{};
  std::array<std::string_view, kTextMembers.size()> texts{};
  std::uint16_t http_status = 0;
  std::vector<std::string_view> targets{};  // each with its letter
  std::string_view rest{};

  bool has_exact_line() const { return rest.starts_with(kExactLineMark); }
};

// Puts the columns back into `rest`, where their marks stand: the record. False when a mark has no
// meaning.
bool append_record(std::string& out, const RowColumns& row);

}  // namespace trailkeeper::events
