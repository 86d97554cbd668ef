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
  Result<std::vector<settings::Member>> list_members(const OrgId& org, std::optional<Uuid> after,
                                                     std::size_t limit);

  // Makes an operator, or one of a person who is known already (and sets the password). Ask
  // may_operate first.
  Result<settings::Person> put_operator(const Principal& by, const settings::Origin& origin,
                                        const std::string& email, const std::string& name,
                                        const std::string& password);

  // Ends all sessions of the person, and lets no new one begin until enabled again. Ask may_operate
  // first.
  Result<> set_disabled(const Principal& by, const settings::Origin& origin, const Uuid& person,
                        bool disabled);

 private:
  settings::Store& store_;
  const Orgs& orgs_;
  Passwords& passwords_;
  const Clock& clock_;
};

}  // namespace trailkeeper::access
