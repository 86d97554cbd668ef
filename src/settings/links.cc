#include "settings/links.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

db::Statement::Blob blob(const Sha256Digest& digest) { return {as_text(digest)}; }

Result<PasswordReset> read_reset(const db::Statement& row) {
  return PasswordReset{.person = TRY(uuid_at(row, 0)),
                       .token_hash = TRY(digest_at(row, 1)),
                       .expires_at = row.time(2),
                       .hour = row.time(3),
                       .mails = static_cast<int>(row.integer(4))};
}

constexpr std::string_view kSelectReset =
    "SELECT person, token_hash, expires_at, hour, mails FROM password_resets WHERE ";

}  // namespace

Result<std::optional<PasswordReset>> find_password_reset(const ReadTx& tx,
                                                         const Sha256Digest& token_hash) {
  auto statement = TRY(tx.database().prepare(std::string(kSelectReset) + "token_hash = ?"));
  return first_row<PasswordReset>(statement.with(blob(token_hash)), read_reset);
}

Result<std::optional<PasswordReset>> find_password_reset(const ReadTx& tx, const Uuid& person) {
  auto statement = TRY(tx.database().prepare(std::string(kSelectReset) + "person = ?"));
  return first_row<PasswordReset>(statement.with(person.str()), read_reset);
}

Result<> put_password_reset(WriteTx& tx, const PasswordReset& reset) {
  auto statement = TRY(tx.database().prepare(
      "INSERT OR REPLACE INTO password_resets (person, token_hash, expires_at, hour, mails)"
      " VALUES (?, ?, ?, ?, ?)"));
  return statement
      .with(reset.person.str(), blob(reset.token_hash), reset.expires_at, reset.hour, reset.mails)
      .run();
}

Result<> remove_password_reset(WriteTx& tx, const Uuid& person) {
  auto statement = TRY(tx.database().prepare("DELETE FROM password_resets WHERE person = ?"));
  return statement.with(person.str()).run();
}

Result<std::optional<PortalLink>> find_portal_link(const ReadTx& tx,
                                                   const Sha256Digest& token_hash) {
  auto statement = TRY(tx.database().prepare(
      "SELECT token_hash, id, org, guest_id, guest_name, guest_email, intent, return_url, "
      "expires_at FROM portal_links WHERE token_hash = ?"));
  return first_row<PortalLink>(
      statement.with(blob(token_hash)), [](const db::Statement& row) -> Result<PortalLink> {
        return PortalLink{.token_hash = TRY(digest_at(row, 0)),
                          .id = TRY(uuid_at(row, 1)),
                          .org = TRY(org_at(row, 2)),
                          .guest = {.id = row.text(3), .name = row.text(4), .email = row.text(5)},
                          .intent = row.text(6),
                          .return_url = row.text(7),
                          .expires_at = row.time(8)};
      });
}

Result<> add_portal_link(WriteTx& tx, const PortalLink& link) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO portal_links (token_hash, id, org, guest_id, guest_name, guest_email, intent, "
      "return_url, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return statement
      .with(blob(link.token_hash), link.id.str(), link.org, link.guest.id, link.guest.name,
            link.guest.email, link.intent, link.return_url, link.expires_at)
      .run();
}

Result<> remove_portal_link(WriteTx& tx, const Sha256Digest& token_hash) {
  auto statement = TRY(tx.database().prepare("DELETE FROM portal_links WHERE token_hash = ?"));
  return statement.with(blob(token_hash)).run();
}

Result<> remove_expired_portal_links(WriteTx& tx, Timestamp now) {
  auto statement = TRY(tx.database().prepare("DELETE FROM portal_links WHERE expires_at <= ?"));
  return statement.with(now).run();
}

}  // namespace trailkeeper::settings
