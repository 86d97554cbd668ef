#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

enum class Role { member, admin, primary_admin };
std::string_view role_name(Role role);  // "primary_admin" ...
std::optional<Role> parse_role(std::string_view name);

struct Person {
  Uuid id;            // version 7
  std::string email;  // as it was given
  std::string name;
  std::string password_hash;  // empty: cannot sign in by password
  bool is_operator = false;   // staff of the vendor
  bool disabled = false;
  Timestamp created_at{};
  std::optional<Timestamp> last_sign_in_at{};  // anywhere; set by note_sign_in alone
};

struct Membership {
  OrgId org;
  Role role = Role::member;
  bool operator==(const Membership&) const = default;
};

struct Member {
  Person person;
  Role role = Role::member;
  std::optional<Timestamp> last_sign_in_at{};  // to this org
};

// The form of an address by which people are looked up: Unicode NFC, lower case. `invalid` (code
// `email`) when it is not one that mail can go to: one @, no spaces or control characters, 3 to 254
// bytes of valid UTF-8.
Result<std::string> fold_email(std::string_view email);

// `email` in any case and normal form.
Result<std::optional<Person>> find_person_by_email(const ReadTx& tx, std::string_view email);
Result<std::optional<Person>> find_person(const ReadTx& tx, const Uuid& id);
// In order of the org's id.
Result<std::vector<Membership>> memberships_of(const ReadTx& tx, const Uuid& person);
// Members of an org by id of the person, after `after`, at most `limit`.
Result<std::vector<Member>> list_members(const ReadTx& tx, const OrgId& org,
                                         std::optional<Uuid> after, std::size_t limit);
Result<std::vector<Person>> list_operators(const ReadTx& tx, std::optional<Uuid> after,
                                           std::size_t limit);

// Which people, over all orgs; what is not set does not narrow.
struct PeopleFilter {
  std::string text{};  // in email or name, ASCII case aside
  bool operators_only = false;
  std::optional<OrgId> org{};  // with `role`: the role there
  std::optional<Role> role{};
  std::optional<bool> disabled{};
  std::optional<bool> second_factor{};
  std::optional<Timestamp> not_since{};  // has not signed in since then, or never
};

// By id, after `after`, at most `limit`.
Result<std::vector<Person>> list_people(const ReadTx& tx, const PeopleFilter& filter,
                                        std::optional<Uuid> after, std::size_t limit);
// Primary admins of the org who are not disabled.
Result<std::uint64_t> count_primary_admins(const ReadTx& tx, const OrgId& org);

// `conflict` (code `constraint`) when the email is taken.
Result<> add_person(WriteTx& tx, const Person& person);
// Changes name, password hash, operator flag and disabled flag of the person with that id.
Result<> update_person(WriteTx& tx, const Person& person);
// Makes the person a member, or changes the role.
Result<> put_membership(WriteTx& tx, const Uuid& person, const Membership& membership);
// The person has signed in to all of their orgs, or to `only_org`.
Result<> note_sign_in(WriteTx& tx, const Uuid& person, const std::optional<OrgId>& only_org,
                      Timestamp now);
Result<> remove_membership(WriteTx& tx, const Uuid& person, const OrgId& org);

}  // namespace trailkeeper::settings
