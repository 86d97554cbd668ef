#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "event/event.h"

// An event whose texts lie in somebody else's bytes: a parsed document, a row of the event store,
// an Event. Millions pass between the journal and the store, and most only to be compared: this
// form of them costs no memory of its own. Field by field the same as event.h; valid as long as
// those bytes are.
namespace trailkeeper::event {

using TextView = std::optional<std::string_view>;
using JsonView = std::optional<std::string_view>;

struct ActorView {
  TextView type;
  std::string_view id;
  TextView name;
  TextView username;
  TextView email;
  TextView role;
  JsonView metadata;
};

struct TargetView {
  TextView type;
  TextView id;
  TextView name;
  JsonView metadata;
};

struct ContextView {
  TextView ip;
  TextView location;
  TextView user_agent;
  TextView url;
  TextView request_id;
  TextView session_id;
};

struct ErrorDetailView {
  TextView code;
  TextView message;
};

struct ChangeView {
  std::string_view field;
  JsonView before;
  JsonView after;
};

struct EventView {
  std::string_view organization_id;
  std::string_view action;
  TextView action_label;
  TextView area;
  TextView application;
  TextView category;
  TextView crud;
  Timestamp occurred_at;
  ActorView actor;
  std::optional<std::vector<TargetView>> targets;
  std::optional<ContextView> context;
  TextView outcome;
  std::optional<std::int64_t> http_status;
  std::optional<ErrorDetailView> error;
  std::optional<std::vector<ChangeView>> changes;
  JsonView metadata;
  TextView external_id;
  std::optional<std::int64_t> version;
};

struct StoredView {
  Seq seq;
  Timestamp received_at;
  Uuid id;
  Nonce nonce{};
  EventView event;
};

EventView view_of(const Event& event);
StoredView view_of(const StoredEvent& stored);

// With memory of its own.
Event copy_of(const EventView& event);
StoredEvent copy_of(const StoredView& stored);

}  // namespace trailkeeper::event
