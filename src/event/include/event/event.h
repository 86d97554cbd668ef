#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"

// What happened, as an application told it (DESIGN section 5, "An event on the wire"). Plain
// values; an absent field is an empty optional, which is not the same as an empty text. JSON texts
// (metadata, changes' values) are compact, with the sender's key order and number bytes.
namespace trailkeeper::event {

using Text = std::optional<std::string>;
using Json = std::optional<std::string>;  // a compact JSON value

struct Actor {
  Text type;
  std::string id;  // required
  Text name;
  Text username;
  Text email;
  Text role;
  Json metadata;
  bool operator==(const Actor&) const = default;
};

struct Target {
  Text type;
  Text id;
  Text name;
  Json metadata;
  bool operator==(const Target&) const = default;
};

struct Context {
  Text ip;        // a valid address, as sent
  Text location;  // WorkOS' field when it is no address, or beside `ip`
  Text user_agent;
  Text url;
  Text request_id;
  Text session_id;
  bool operator==(const Context&) const = default;
};

struct ErrorDetail {
  Text code;
  Text message;
  bool operator==(const ErrorDetail&) const = default;
};

struct Change {
  std::string field;
  Json before;
  Json after;
  bool operator==(const Change&) const = default;
};

struct Event {
  std::string organization_id;
  std::string action;
  Text action_label;
  Text area;
  Text application;
  Text category;  // authentication | data | permission | configuration | export | error | other
  Text crud;      // create | read | update | delete | none
  Timestamp occurred_at;
  Actor actor;
  std::optional<std::vector<Target>> targets;
  std::optional<Context> context;
  Text outcome;  // success | failure | unknown
  std::optional<std::int64_t> http_status;
  std::optional<ErrorDetail> error;
  std::optional<std::vector<Change>> changes;
  Json metadata;
  Text external_id;
  std::optional<std::int64_t> version;
  bool operator==(const Event&) const = default;
};

using Nonce = std::array<std::uint8_t, 16>;

// An event as it was committed: what the record is rendered from.
struct StoredEvent {
  Seq seq;
  Timestamp received_at;
  Uuid id;
  Nonce nonce{};
  Event event;
  bool operator==(const StoredEvent&) const = default;
};

}  // namespace trailkeeper::event
