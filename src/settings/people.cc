#include "settings/people.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::string_view kColumns =
    "p.id, p.email, p.name, p.password_hash, p.is_operator, p.disabled, p.created_at, "
    "p.last_sign_in_at";

Result<Person> read_person(const db::Statement& row) {
  return Person{
      .id = TRY(uuid_at(row, 0)),
      .email = row.text(1),
      .name = row.text(2),
      .password_hash = row.text(3),
      .is_operator = row.integer(4) != 0,
      .disabled = row.integer(5) != 0,
      .created_at = row.time(6),
      .last_sign_in_at = row.optional_time(7),
  };
}

Result<Role> role_at(const db::Statement& row, int column) {
  if (auto role = parse_role(row.view(column))) return *role;
  return damaged("a role");
}

Result<std::optional<Person>> find_where(const ReadTx& tx, std::string_view condition,
                                         const std::string& value) {
  auto statement = TRY(tx.database().prepare("SELECT " + std::string(kColumns) +
                                             " FROM people p WHERE " + std::string(condition)));
  return first_row<Person>(statement.with(value), read_person);
}

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::primary_admin:
      return "primary_admin";
    case Role::admin:
      return "admin";
    case Role::member:
      break;
  }
  return "member";
}

std::optional<Role> parse_role(std::string_view name) {
  for (const Role role : {Role::member, Role::admin, Role::primary_admin}) {
    if (role_name(role) == name) return role;
  }
  return std::nullopt;
}

Result<std::optional<Person>> find_person_by_email(const ReadTx& tx, std::string_view email) {
  const auto folded = fold_email(email);
  if (!folded) return std::optional<Person>{};
  return find_where(tx, "p.email_folded = ?", *folded);
}

Result<std::optional<Person>> find_person(const ReadTx& tx, const Uuid& id) {
  return find_where(tx, "p.id = ?", id.str());
}

Result<std::vector<Membership>> memberships_of(const ReadTx& tx, const Uuid& person) {
  auto statement =
      TRY(tx.database().prepare("SELECT org, role FROM memberships WHERE person = ? ORDER BY org"));
  return all_rows<Membership>(
      statement.with(person.str()), [](const db::Statement& row) -> Result<Membership> {
        return Membership{.org = TRY(org_at(row, 0)), .role = TRY(role_at(row, 1))};
      });
}

Result<std::vector<Member>> list_members(const ReadTx& tx, const OrgId& org,
                                         std::optional<Uuid> after, std::size_t limit) {
  auto statement = TRY(tx.database().prepare(
      "SELECT " + std::string(kColumns) +
      ", m.role, m.last_sign_in_at FROM memberships m JOIN people p ON p.id = "
      "m.person WHERE m.org = ? AND m.person > ?"
      " ORDER BY m.person LIMIT ?"));
  statement.with(org, text_of(after), static_cast<std::uint64_t>(limit));
  return all_rows<Member>(statement, [](const db::Statement& row) -> Result<Member> {
    return Member{.person = TRY(read_person(row)),
                  .role = TRY(role_at(row, 8)),
                  .last_sign_in_at = row.optional_time(9)};
  });
}

Result<std::vector<Person>> list_operators(const ReadTx& tx, std::optional<Uuid> after,
                                           std::size_t limit) {
  auto statement = TRY(tx.database().prepare(
      "SELECT " + std::string(kColumns) +
      " FROM people p WHERE p.is_operator AND p.id > ? ORDER BY p.id LIMIT ?"));
  return all_rows<Person>(statement.with(text_of(after), static_cast<std::uint64_t>(limit)),
                          read_person);
}

Result<std::vector<Person>> list_people(const ReadTx& tx, const PeopleFilter& filter,
                                        std::optional<Uuid> after, std::size_t limit) {
  auto statement = TRY(tx.database().prepare(
      "SELECT " + std::string(kColumns) +
      " FROM people p WHERE p.id > ?1"
      " AND (instr(lower(p.email), lower(?2)) OR instr(lower(p.name), lower(?2)))"
      " AND (p.is_operator OR NOT ?3)"
      " AND ((?4 IS NULL AND ?5 IS NULL) OR EXISTS (SELECT 1 FROM memberships m"
      "   WHERE m.person = p.id AND m.org = ifnull(?4, m.org) AND m.role = ifnull(?5, m.role)))"
      " AND p.disabled = ifnull(?6, p.disabled)"
      " AND (?7 IS NULL OR ?7 = EXISTS (SELECT 1 FROM second_factors f"
      "   WHERE f.person = p.id AND f.confirmed_at IS NOT NULL))"
      " AND (?8 IS NULL OR p.last_sign_in_at IS NULL OR p.last_sign_in_at < ?8)"
      " ORDER BY p.id LIMIT ?9"));
  std::optional<std::string> role;
  if (filter.role) role = std::string(role_name(*filter.role));
  statement.with(text_of(after), filter.text, filter.operators_only, filter.org, role,
                 filter.disabled, filter.second_factor, filter.not_since,
                 static_cast<std::uint64_t>(limit));
  return all_rows<Person>(statement, read_person);
}

Result<std::uint64_t> count_primary_admins(const ReadTx& tx, const OrgId& org) {
  auto statement = TRY(
      tx.database().prepare("SELECT count(*) FROM memberships m JOIN people p ON p.id = m.person"
                            " WHERE m.org = ? AND m.role = 'primary_admin' AND NOT p.disabled"));
  return count_of(statement.with(org));
}

Result<> add_person(WriteTx& tx, const Person& person) {
  const std::string folded = TRY(fold_email(person.email));
  auto statement =
      TRY(tx.database().prepare("INSERT INTO people (id, email, email_folded, name, password_hash, "
                                "is_operator, disabled, created_at)"
                                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  return statement
      .with(person.id.str(), person.email, folded, person.name, person.password_hash,
            person.is_operator, person.disabled, person.created_at)
      .run();
}

Result<> update_person(WriteTx& tx, const Person& person) {
  auto statement = TRY(tx.database().prepare(
      "UPDATE people SET name = ?, password_hash = ?, is_operator = ?, disabled = ? WHERE id = ?"));
  return statement
      .with(person.name, person.password_hash, person.is_operator, person.disabled, person.id.str())
      .run();
}

Result<> put_membership(WriteTx& tx, const Uuid& person, const Membership& membership) {
  auto statement =
      TRY(tx.database().prepare("INSERT INTO memberships (person, org, role) VALUES (?, ?, ?)"
                                " ON CONFLICT (org, person) DO UPDATE SET role = excluded.role"));
  return statement.with(person.str(), membership.org, role_name(membership.role)).run();
}

Result<> note_sign_in(WriteTx& tx, const Uuid& person, const std::optional<OrgId>& only_org,
                      Timestamp now) {
  auto anywhere = TRY(tx.database().prepare("UPDATE people SET last_sign_in_at = ? WHERE id = ?"));
  TRY(anywhere.with(now, person.str()).run());
  auto there = TRY(tx.database().prepare(
      "UPDATE memberships SET last_sign_in_at = ?1 WHERE person = ?2 AND ?3 IN ('', org)"));
  return there.with(now, person.str(), only_org ? only_org->str() : std::string()).run();
}

Result<> remove_membership(WriteTx& tx, const Uuid& person, const OrgId& org) {
  auto statement =
      TRY(tx.database().prepare("DELETE FROM memberships WHERE person = ? AND org = ?"));
  return statement.with(person.str(), org).run();
}

}  // namespace trailkeeper::settings
