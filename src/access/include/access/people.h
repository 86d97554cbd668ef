#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/orgs.h"
#include "access/passwords.h"
#include "access/principal.h"
#include "base/clock.h"
#include "base/result.h"
#include "settings/people.h"

namespace trailkeeper::access {

struct NewMember {
  std::string email;
  std::string name;  // 1 to 200 characters
  settings::Role role = settings::Role::member;
  std::optional<std::string> password{};  // without one the person cannot sign in by password
};

struct MemberPut {
  settings::Member member;
  bool created = false;  // the person is new
};

struct ListedMember {
  settings::Member member;
  bool second_factor = false;
};

// A person beyond one org, for the vendor's staff.
struct KnownPerson {
  settings::Person person;
  std::vector<settings::Membership> memberships;
  bool second_factor = false;
};

// People: members of orgs, and operators. Thread-safe; calls with a password take some 50 ms of
// CPU. Every change is durable on return, together with its entry.
class People {
 public:
  People(settings::Store& store, const Orgs& orgs, Passwords& passwords, const Clock& clock);

  // Adds a person to an org or changes the role there. A person who is known already (by email)
  // keeps name and password; only operators, admin.sock and keys for all orgs may set a password
  // for them, which ends all their sessions: `conflict` (`person_exists`) for others. Ask
  // Permissions::may_give_role first. `invalid` with pointers.
  Result<MemberPut> put_member(const Principal& by, const settings::Origin& origin,
                               const OrgId& org, const NewMember& request);
  Result<std::vector<ListedMember>> list_members(const OrgId& org, std::optional<Uuid> after,
                                                 std::size_t limit);

  // Holds from the person's next request on. `not_found` (`person_not_found`) for who is no member;
  // `conflict` (`last_primary_admin`); `forbidden` (`role_too_low`) when an admin changes a primary
  // admin. Ask Permissions::may_give_role first.
  Result<settings::Member> change_role(const Principal& by, const settings::Origin& origin,
                                       const OrgId& org, const Uuid& person, settings::Role role);
  // What the person has open in this org ends at once. Errors as above. Ask
  // Permissions::may_manage_people first.
  Result<> remove_member(const Principal& by, const settings::Origin& origin, const OrgId& org,
                         const Uuid& person);

  // By id, after `after`. Ask may_manage_everybody first.
  Result<std::vector<KnownPerson>> list_all(const settings::PeopleFilter& filter,
                                            std::optional<Uuid> after, std::size_t limit);

  // Makes an operator, or one of a person who is known already (and sets the password). Ask
  // may_operate first.
  Result<settings::Person> put_operator(const Principal& by, const settings::Origin& origin,
                                        const std::string& email, const std::string& name,
                                        const std::string& password);

  // Ends all sessions of the person, and lets no new one begin until enabled again. Ask
  // may_manage_everybody first, as for the next.
  Result<KnownPerson> set_disabled(const Principal& by, const settings::Origin& origin,
                                   const Uuid& person, bool disabled);
  // For who lost the device and the recovery codes; ends all sessions. `not_found` without one.
  Result<> reset_second_factor(const Principal& by, const settings::Origin& origin,
                               const Uuid& person);

 private:
  Result<KnownPerson> describe(const settings::ReadTx& tx, const settings::Person& person);

  settings::Store& store_;
  const Orgs& orgs_;
  Passwords& passwords_;
  const Clock& clock_;
};

}  // namespace trailkeeper::access
