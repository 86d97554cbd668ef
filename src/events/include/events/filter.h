#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace trailkeeper::events {

// What one condition of the search language looks at.
enum class Field : std::uint8_t {
  text,    // name, username, email, action, its label, area
  actor,   // id, name, username, email
  name,    // of the actor: name, username
  email,   // of the actor
  action,  // id, label
  area,
  application,
  target,  // type, id or name of one target at least
  category,
  outcome,
  crud,
  ip,
  status,
  request,
  session,
  id,
  is,  // one of kSigns
};

// A value of a condition. `whole`: it is exactly this; else it is contained, without regard to
// case, or, of `ip` and `status`, the beginning.
struct Wanted {
  std::string text{};
  bool whole = false;
  bool operator==(const Wanted&) const = default;
};

// One condition: some field has one of the values, or, with `none`, has none of them.
struct Term {
  Field field = Field::text;
  std::vector<Wanted> any_of{};
  bool none = false;
  bool operator==(const Term&) const = default;
};

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
  // The search language: as it was typed, and what that means (events/language.h sets both).
  std::string query{};
  std::vector<Term> terms{};
  // For `is:critical_change`: the actions that the vendor marked so.
  std::vector<std::string> critical_actions{};
  std::optional<Seq> after_seq{};  // only what was committed after this one
  std::optional<Seq> last_seq{};   // nothing committed after this one
  bool operator==(const Filter&) const = default;
};

enum class Order : std::uint8_t {
  newest_first,
  oldest_first,
  by_seq,  // of commit; pages go on by Filter::after_seq
};

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
  // How many match, too, counted up to `count_to`; of no use with `after`, nor by seq.
  std::optional<std::uint64_t> count_to{};
};

}  // namespace trailkeeper::events
