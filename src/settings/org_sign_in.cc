#include "settings/org_sign_in.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

Result<std::vector<std::string>> domains_of(const ReadTx& tx, const OrgId& org) {
  auto statement =
      TRY(tx.database().prepare("SELECT domain FROM org_domains WHERE org = ? ORDER BY domain"));
  return all_rows<std::string>(
      statement.with(org),
      [](const db::Statement& row) -> Result<std::string> { return row.text(0); });
}

Result<> remove_domains(WriteTx& tx, const OrgId& org) {
  auto statement = TRY(tx.database().prepare("DELETE FROM org_domains WHERE org = ?"));
  return statement.with(org).run();
}

}  // namespace

Result<std::optional<OrgSignIn>> find_org_sign_in(const ReadTx& tx, const OrgId& org) {
  auto statement = TRY(tx.database().prepare(
      "SELECT issuer, client_id, client_secret, default_role, required, last_sign_in_at"
      " FROM org_sign_in WHERE org = ?"));
  return first_row<OrgSignIn>(statement.with(org),
                              [&](const db::Statement& row) -> Result<OrgSignIn> {
                                const auto role = parse_role(row.view(3));
                                if (!role) return damaged("a role");
                                return OrgSignIn{.org = org,
                                                 .issuer = row.text(0),
                                                 .client_id = row.text(1),
                                                 .client_secret = row.text(2),
                                                 .domains = TRY(domains_of(tx, org)),
                                                 .default_role = *role,
                                                 .required = row.integer(4) != 0,
                                                 .last_sign_in_at = row.optional_time(5)};
                              });
}

Result<> put_org_sign_in(WriteTx& tx, const OrgSignIn& sign_in) {
  auto statement = TRY(tx.database().prepare(
      "INSERT OR REPLACE INTO org_sign_in (org, issuer, client_id, client_secret, default_role, "
      "required, last_sign_in_at) VALUES (?, ?, ?, ?, ?, ?, ?)"));
  TRY(statement
          .with(sign_in.org, sign_in.issuer, sign_in.client_id, sign_in.client_secret,
                role_name(sign_in.default_role), sign_in.required, sign_in.last_sign_in_at)
          .run());
  TRY(remove_domains(tx, sign_in.org));
  auto domain = TRY(tx.database().prepare("INSERT INTO org_domains (domain, org) VALUES (?, ?)"));
  for (const std::string& one : sign_in.domains) TRY(domain.with(one, sign_in.org).run());
  return {};
}

Result<> remove_org_sign_in(WriteTx& tx, const OrgId& org) {
  TRY(remove_domains(tx, org));
  auto identities = TRY(tx.database().prepare("DELETE FROM identities WHERE org = ?"));
  TRY(identities.with(org).run());
  auto statement = TRY(tx.database().prepare("DELETE FROM org_sign_in WHERE org = ?"));
  return statement.with(org).run();
}

Result<> note_org_sign_in(WriteTx& tx, const OrgId& org, Timestamp now) {
  auto statement =
      TRY(tx.database().prepare("UPDATE org_sign_in SET last_sign_in_at = ? WHERE org = ?"));
  return statement.with(now, org).run();
}

Result<std::optional<OrgId>> find_domain(const ReadTx& tx, std::string_view domain) {
  auto statement = TRY(tx.database().prepare("SELECT org FROM org_domains WHERE domain = ?"));
  return first_row<OrgId>(statement.with(domain),
                          [](const db::Statement& row) { return org_at(row, 0); });
}

Result<bool> requires_provider(const ReadTx& tx, const OrgId& org) {
  auto statement =
      TRY(tx.database().prepare("SELECT 1 FROM org_sign_in WHERE org = ? AND required"));
  return statement.with(org).step();
}

Result<std::optional<Uuid>> find_identity(const ReadTx& tx, const OrgId& org,
                                          std::string_view issuer, std::string_view subject) {
  auto statement = TRY(tx.database().prepare(
      "SELECT person FROM identities WHERE org = ? AND issuer = ? AND subject = ?"));
  return first_row<Uuid>(statement.with(org, issuer, subject),
                         [](const db::Statement& row) { return uuid_at(row, 0); });
}

Result<> add_identity(WriteTx& tx, const OrgId& org, std::string_view issuer,
                      std::string_view subject, const Uuid& person, Timestamp now) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO identities (org, issuer, subject, person, created_at) VALUES (?, ?, ?, ?, ?)"));
  return statement.with(org, issuer, subject, person.str(), now).run();
}

Result<> remove_identities(WriteTx& tx, const OrgId& org, const Uuid& person) {
  auto statement =
      TRY(tx.database().prepare("DELETE FROM identities WHERE org = ? AND person = ?"));
  return statement.with(org, person.str()).run();
}

}  // namespace trailkeeper::settings
