#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actions.h"
#include "settings/people.h"

// Entries about people, in every trail that they concern.
namespace trailkeeper::access {

// Who names the actor of an entry; it may depend on the org whose trail it goes into.
using ActorIn = std::function<settings::Actor(const OrgId& org)>;

// The trails that a person's own doings stand in: of each org of theirs, or of `only` alone; the
// operators' own for one of them, or of none.
Result<std::vector<OrgId>> trails_of(const settings::ReadTx& tx, const settings::Person& person,
                                     const std::optional<OrgId>& only = std::nullopt);

// How entries name a person who acts for themselves.
settings::Actor actor_for(const settings::Person& person, const OrgId& org,
                          const std::vector<settings::Membership>& memberships);

struct PersonEntry {
  const ActionInfo& info;
  settings::Origin origin{};
  std::vector<settings::Change> changes{};
  std::string metadata{};
  std::string error_code{};  // with one it is a failure
  std::string error_message{};
  bool about_themselves = true;  // else the person is the target
};

// The same entry in each trail of `trails`.
Result<> note_person(settings::WriteTx& tx, const PersonEntry& entry,
                     const settings::Person& person, const std::vector<OrgId>& trails,
                     const ActorIn& actor, Timestamp now);
// By the person, in all of their trails.
Result<> note_own(settings::WriteTx& tx, const PersonEntry& entry, const settings::Person& person,
                  Timestamp now, const std::optional<OrgId>& only = std::nullopt);

}  // namespace trailkeeper::access
