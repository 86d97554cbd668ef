#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace trailkeeper::events {

// Which events of an organization are meant. Everything given must hold. Texts are compared after
// folding (event/fold.h), so the caller passes them as typed.
struct Filter {
  std::optional<Timestamp> from{};  // occurred_at, inclusive
  std::optional<Timestamp> to{};    // occurred_at, exclusive
  // Substrings, without regard to case; empty: any.
  std::string q{};       // in name, username, email, action, its label or area
  std::string name{};    // of the actor: name or username
  std::string email{};   // of the actor
  std::string action{};  // action or its label
  std::string area{};
  // Exact, one of; an empty list: any. An empty text and status 0 match nothing.
  std::vector<std::string> categories{};
  std::vector<std::string> outcomes{};
  std::vector<std::string> cruds{};
  std::vector<std::int64_t> http_statuses{};
  std::vector<std::string> actions{};
  std::vector<std::string> actor_names{};
  std::vector<std::string> actor_ids{};
  std::vector<std::string> target_types{};  // of one target at least
  std::string ip{};                         // exact
  std::optional<Seq> last_seq{};            // nothing committed after this one
  bool operator==(const Filter&) const = default;
};

enum class Order : std::uint8_t { newest_first, oldest_first };

// A place in the order by (occurred_at, seq).
struct Position {
  Timestamp occurred_at;
  Seq seq;
  bool operator==(const Position&) const = default;
};

struct PageRequest {
  Order order = Order::newest_first;
  std::optional<Position> after{};  // rows beyond this one, in that order
  std::size_t limit = 50;
};

}  // namespace trailkeeper::events
