#include "person_entries.h"

#include "settings/orgs.h"

namespace trailkeeper::access {

using settings::Membership;
using settings::Person;

Result<std::vector<OrgId>> trails_of(const settings::ReadTx& tx, const Person& person,
                                     const std::optional<OrgId>& only) {
  if (only) return std::vector<OrgId>{*only};
  std::vector<OrgId> trails;
  for (const Membership& membership : TRY(settings::memberships_of(tx, person.id)))
    trails.push_back(membership.org);
  if (trails.empty() || person.is_operator) trails.push_back(settings::own_org());
  return trails;
}

settings::Actor actor_for(const Person& person, const OrgId& org,
                          const std::vector<Membership>& memberships) {
  settings::Actor actor{.id = person.id.str(), .name = person.name, .email = person.email};
  for (const Membership& membership : memberships) {
    if (membership.org == org) actor.role = settings::role_name(membership.role);
  }
  if (actor.role.empty() && person.is_operator) actor.type = actor.role = "operator";
  return actor;
}

Result<> note_person(settings::WriteTx& tx, const PersonEntry& entry, const Person& person,
                     const std::vector<OrgId>& trails, const ActorIn& actor, Timestamp now) {
  for (const OrgId& org : trails) {
    settings::OwnAction action{.info = entry.info,
                               .org = org,
                               .actor = actor(org),
                               .origin = entry.origin,
                               .success = entry.error_code.empty(),
                               .error_code = entry.error_code,
                               .error_message = entry.error_message,
                               .changes = entry.changes,
                               .metadata = entry.metadata};
    if (!entry.about_themselves)
      action.targets = {{.type = "user", .id = person.id.str(), .name = person.name}};
    if (!action.success) action.http_status = 401;
    TRY(settings::add_to_outbox(tx, action, now));
  }
  return {};
}

Result<> note_own(settings::WriteTx& tx, const PersonEntry& entry, const Person& person,
                  Timestamp now, const std::optional<OrgId>& only) {
  const auto memberships = TRY(settings::memberships_of(tx, person.id));
  return note_person(
      tx, entry, person, TRY(trails_of(tx, person, only)),
      [&](const OrgId& org) { return actor_for(person, org, memberships); }, now);
}

}  // namespace trailkeeper::access
