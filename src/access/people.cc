#include "access/people.h"

#include <utility>

#include "person_entries.h"
#include "settings/invitations.h"
#include "settings/org_sign_in.h"
#include "settings/second_factors.h"
#include "settings/sessions.h"
#include "text_rules.h"

namespace trailkeeper::access {

namespace {

using settings::Change;
using settings::Member;
using settings::Membership;
using settings::Person;
using settings::ReadTx;
using settings::Role;
using settings::WriteTx;

constexpr std::size_t kNameBytesMax = 200;

// Who may decide about a person beyond one org.
bool is_of_the_vendor(const Principal& by) {
  if (by.is_socket()) return true;
  if (const SessionPerson* person = by.person()) return person->is_operator;
  const ApplicationKey* key = by.key();
  return key != nullptr && !key->org && key->scopes.manage;
}

Result<> check(const std::string& email, const std::string& name,
               const std::optional<std::string>& password) {
  std::vector<FieldProblem> problems;
  if (auto folded = settings::fold_email(email); !folded) problems = folded.error().fields;
  check_name(problems, "/name", name, kNameBytesMax);
  if (password) {
    if (auto fits = check_password_rules(*password); !fits) {
      const Error error = fits.error();
      problems.insert(problems.end(), error.fields.begin(), error.fields.end());
    }
  }
  return answer_problems(std::move(problems));
}

std::string quoted(std::string_view role) { return "\"" + std::string(role) + "\""; }

// What one call does; the entries of a change are written as it goes.
struct Step {
  WriteTx& tx;
  const Principal& by;
  const settings::Origin& origin;
  Timestamp now;

  Result<> note(const ActionInfo& info, const OrgId& org, const Person& person,
                std::vector<Change> changes = {}) {
    return settings::add_to_outbox(
        tx,
        {.info = info,
         .org = org,
         .actor = by.actor(&org),
         .origin = origin,
         .targets = {{.type = "user", .id = person.id.str(), .name = person.name}},
         .changes = std::move(changes)},
        now);
  }

  // In the trail of every org that the person belongs to; in the operators' own for one of them, or
  // of none.
  Result<> note_everywhere(const ActionInfo& info, const Person& person) {
    for (const OrgId& org : TRY(trails_of(tx, person))) TRY(note(info, org, person));
    return {};
  }

  Result<> set_password(Person& person, const std::string& hash) {
    person.password_hash = hash;
    TRY(settings::update_person(tx, person));
    TRY(settings::remove_sessions_of(tx, person.id));
    return note_everywhere(kPasswordSet, person);
  }
};

std::optional<Role> role_among(const std::vector<Membership>& memberships, const OrgId& org) {
  for (const Membership& membership : memberships) {
    if (membership.org == org) return membership.role;
  }
  return std::nullopt;
}

Error only_primary_admins() {
  return {ErrorKind::forbidden, "role_too_low",
          "Only a primary admin can change the role of a primary admin."};
}

// What makes somebody less than a primary admin leaves another one.
Result<> keep_a_primary_admin(const ReadTx& tx, const Person& person, const OrgId& org) {
  const std::uint64_t left = TRY(settings::count_primary_admins(tx, org));
  if (left > 1 || person.disabled) return {};
  return Error{ErrorKind::conflict, "last_primary_admin",
               "The organization would be left without a primary admin. Make somebody else one "
               "first."};
}

// Whether `by` may take somebody with the role primary_admin down.
Result<> may_unmake(const Principal& by, const OrgId& org, Role before) {
  const SessionPerson* person = by.person();
  if (before == Role::primary_admin && person != nullptr && !person->is_operator &&
      person->role_in(org) != Role::primary_admin) {
    return only_primary_admins();
  }
  return {};
}

Error no_such_person() {
  return {ErrorKind::not_found, "person_not_found", "There is no such person."};
}

// Adds the person to the org, or changes the role there.
Result<> set_role(Step& step, const Person& person, const OrgId& org, Role role) {
  const auto before = role_among(TRY(settings::memberships_of(step.tx, person.id)), org);
  if (before == role) return {};
  if (before) TRY(may_unmake(step.by, org, *before));
  if (before == Role::primary_admin) TRY(keep_a_primary_admin(step.tx, person, org));
  TRY(settings::put_membership(step.tx, person.id, {.org = org, .role = role}));
  Change change{.field = "role", .after = quoted(role_name(role))};
  if (before) change.before = quoted(role_name(*before));
  return step.note(before ? kRoleChanged : kMemberAdded, org, person, {std::move(change)});
}

}  // namespace

People::People(settings::Store& store, const Orgs& orgs, Passwords& passwords, const Clock& clock)
    : store_(store), orgs_(orgs), passwords_(passwords), clock_(clock) {}

Result<MemberPut> People::put_member(const Principal& by, const settings::Origin& origin,
                                     const OrgId& org, const NewMember& request) {
  TRY(check(request.email, request.name, request.password));
  if (org == settings::own_org()) {
    return Error{ErrorKind::forbidden, "reserved",
                 "Only operators belong to the operators' own trail."};
  }
  if (!orgs_.exists(org))
    return Error{ErrorKind::not_found, "org_not_found", "There is no such organization."};
  std::string hash;
  if (request.password) hash = TRY(passwords_.hash(*request.password));
  return store_.write([&](WriteTx& tx) -> Result<MemberPut> {
    Step step{tx, by, origin, clock_.now()};
    auto known = TRY(settings::find_person_by_email(tx, request.email));
    if (known && request.password) {
      if (!is_of_the_vendor(by)) {
        return Error{ErrorKind::conflict, "person_exists",
                     "This person has a sign-in already. Add them without a password."};
      }
      TRY(step.set_password(*known, hash));
    }
    MemberPut put{.created = !known};
    put.member.role = request.role;
    put.member.person = known ? *known
                              : Person{.id = Uuid::v7(step.now),
                                       .email = request.email,
                                       .name = request.name,
                                       .password_hash = hash,
                                       .created_at = step.now};
    if (put.created) TRY(settings::add_person(tx, put.member.person));
    // Who is here needs no invitation any more.
    const auto invitation = TRY(settings::find_invitation_for(tx, org, request.email));
    if (invitation) TRY(settings::remove_invitation(tx, invitation->id));
    TRY(set_role(step, put.member.person, org, request.role));
    return put;
  });
}

Result<std::vector<ListedMember>> People::list_members(const OrgId& org, std::optional<Uuid> after,
                                                       std::size_t limit) {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<ListedMember>> {
    std::vector<ListedMember> all;
    for (Member& member : TRY(settings::list_members(tx, org, after, limit))) {
      const bool on = TRY(settings::has_second_factor(tx, member.person.id));
      all.push_back({.member = std::move(member), .second_factor = on});
    }
    return all;
  });
}

Result<Person> People::put_operator(const Principal& by, const settings::Origin& origin,
                                    const std::string& email, const std::string& name,
                                    const std::string& password) {
  TRY(check(email, name, password));
  const std::string hash = TRY(passwords_.hash(password));
  return store_.write([&](WriteTx& tx) -> Result<Person> {
    Step step{tx, by, origin, clock_.now()};
    auto known = TRY(settings::find_person_by_email(tx, email));
    if (known) {
      const bool promoted = !known->is_operator;
      known->is_operator = true;
      TRY(step.set_password(*known, hash));
      if (promoted) TRY(step.note(kOperatorAdded, settings::own_org(), *known));
      return *std::move(known);
    }
    const Person person{.id = Uuid::v7(step.now),
                        .email = email,
                        .name = name,
                        .password_hash = hash,
                        .is_operator = true,
                        .created_at = step.now};
    TRY(settings::add_person(tx, person));
    TRY(step.note(kOperatorAdded, settings::own_org(), person));
    return person;
  });
}

Result<Member> People::change_role(const Principal& by, const settings::Origin& origin,
                                   const OrgId& org, const Uuid& id, Role role) {
  return store_.write([&](WriteTx& tx) -> Result<Member> {
    Step step{tx, by, origin, clock_.now()};
    auto person = TRY(settings::find_person(tx, id));
    if (!person || !role_among(TRY(settings::memberships_of(tx, id)), org)) return no_such_person();
    TRY(set_role(step, *person, org, role));
    return Member{.person = *std::move(person), .role = role};
  });
}

Result<> People::remove_member(const Principal& by, const settings::Origin& origin,
                               const OrgId& org, const Uuid& id) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    Step step{tx, by, origin, clock_.now()};
    const auto person = TRY(settings::find_person(tx, id));
    const auto memberships = TRY(settings::memberships_of(tx, id));
    const auto role = role_among(memberships, org);
    if (!person || !role) return no_such_person();
    TRY(may_unmake(by, org, *role));
    if (*role == Role::primary_admin) TRY(keep_a_primary_admin(tx, *person, org));
    TRY(settings::remove_membership(tx, id, org));
    TRY(settings::remove_identities(tx, org, id));
    TRY(settings::remove_sessions_in(tx, id, org));
    // Who belongs nowhere any more has nothing to be signed in to.
    if (memberships.size() == 1 && !person->is_operator) TRY(settings::remove_sessions_of(tx, id));
    return step.note(kMemberRemoved, org, *person,
                     {{.field = "role", .before = quoted(role_name(*role))}});
  });
}

Result<KnownPerson> People::describe(const ReadTx& tx, const Person& person) {
  return KnownPerson{.person = person,
                     .memberships = TRY(settings::memberships_of(tx, person.id)),
                     .second_factor = TRY(settings::has_second_factor(tx, person.id))};
}

Result<std::vector<KnownPerson>> People::list_all(const settings::PeopleFilter& filter,
                                                  std::optional<Uuid> after, std::size_t limit) {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<KnownPerson>> {
    std::vector<KnownPerson> all;
    for (const Person& person : TRY(settings::list_people(tx, filter, after, limit)))
      all.push_back(TRY(describe(tx, person)));
    return all;
  });
}

Result<> People::reset_second_factor(const Principal& by, const settings::Origin& origin,
                                     const Uuid& id) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    Step step{tx, by, origin, clock_.now()};
    const auto person = TRY(settings::find_person(tx, id));
    if (!person || !TRY(settings::has_second_factor(tx, id))) return no_such_person();
    TRY(settings::remove_second_factor(tx, id));
    TRY(settings::remove_sessions_of(tx, id));
    TRY(settings::remove_devices_of(tx, id));
    return step.note_everywhere(kSecondFactorReset, *person);
  });
}

Result<KnownPerson> People::set_disabled(const Principal& by, const settings::Origin& origin,
                                         const Uuid& id, bool disabled) {
  return store_.write([&](WriteTx& tx) -> Result<KnownPerson> {
    Step step{tx, by, origin, clock_.now()};
    auto person = TRY(settings::find_person(tx, id));
    if (!person) return no_such_person();
    if (person->disabled == disabled) return describe(tx, *person);
    person->disabled = disabled;
    TRY(settings::update_person(tx, *person));
    TRY(settings::remove_sessions_of(tx, id));
    TRY(step.note_everywhere(disabled ? kPersonDisabled : kPersonEnabled, *person));
    return describe(tx, *person);
  });
}

}  // namespace trailkeeper::access
