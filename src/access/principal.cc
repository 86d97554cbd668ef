#include "access/principal.h"

namespace trailkeeper::access {

namespace {

settings::Actor actor_of(const SessionPerson& person, const OrgId* org) {
  settings::Actor actor{.id = person.guest ? person.guest->id : person.id.str(),
                        .name = person.name,
                        .email = person.email};
  const auto role = org == nullptr ? std::nullopt : person.role_in(*org);
  if (role) {
    actor.role = settings::role_name(*role);
  } else if (person.is_operator) {
    actor.type = "operator";
    actor.role = "operator";
  }
  return actor;
}

}  // namespace

std::optional<settings::Role> SessionPerson::role_in(const OrgId& org) const {
  for (const settings::Membership& membership : memberships) {
    if (membership.org == org) return membership.role;
  }
  return std::nullopt;
}

settings::Actor Principal::vendor_actor() const {
  settings::Actor who = actor();
  if (person() != nullptr) who.type = who.role = "operator";
  return who;
}

settings::Actor Principal::actor(const OrgId* org) const {
  if (const SessionPerson* someone = person()) return actor_of(*someone, org);
  if (const ApplicationKey* application = key()) {
    return {.type = "application", .id = application->id.str(), .name = application->application};
  }
  return {
      .type = "operator", .id = "admin.sock", .name = "Operator on the server", .role = "operator"};
}

}  // namespace trailkeeper::access
