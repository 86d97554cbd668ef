#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

// Our own actions as audit entries. The entry is put here in the transaction of the change; a relay
// sends it through the same intake as every other event and then takes it away. Sent again after a
// crash, `external_id` makes it one entry.
namespace trailkeeper::settings {

// What is the same for every entry of one kind.
struct ActionInfo {
  std::string_view id;        // "trailkeeper.key.created"
  std::string_view label;     // "Created key"
  std::string_view area;      // "Sign-in"
  std::string_view category;  // one of the wire's categories
  std::string_view crud;      // create | read | update | delete | none
};

// Who did it.
struct Actor {
  std::string type = "user";  // user | operator | application | system
  std::string id;
  std::string name{};
  std::string email{};
  std::string role{};
};
// Trailkeeper itself.
Actor system_actor();

// Where the request came from; all may be empty.
struct Origin {
  std::string ip{};
  std::string user_agent{};
  std::string request_id{};
  std::string session_id{};
};

struct Target {
  std::string type;
  std::string id;
  std::string name{};
};

// Before and after, each as JSON; empty when there was or is none.
struct Change {
  std::string field;
  std::string before{};
  std::string after{};
};

struct OwnAction {
  const ActionInfo& info;
  OrgId org;  // whose trail it goes into
  Actor actor;
  Origin origin{};
  std::vector<Target> targets{};
  bool success = true;
  std::optional<int> http_status{};
  std::string error_code{};
  std::string error_message{};
  std::vector<Change> changes{};
  std::string metadata{};  // a JSON object, or empty
};

// One waiting entry. `event` is the event's JSON on the wire, organization_id, application and
// external_id included.
struct OutboxEntry {
  std::int64_t id = 0;
  OrgId org;
  std::string external_id;
  std::string event;
};

// Puts the entry into the outbox; `now` is when it happened.
Result<> add_to_outbox(WriteTx& tx, const OwnAction& action, Timestamp now);
// The oldest waiting ones after the id `after`, in order.
Result<std::vector<OutboxEntry>> read_outbox(const ReadTx& tx, std::int64_t after,
                                             std::size_t limit);
Result<std::uint64_t> outbox_size(const ReadTx& tx);
// Takes away what intake answered for.
Result<> remove_from_outbox(WriteTx& tx, const std::vector<std::int64_t>& ids);

}  // namespace trailkeeper::settings
