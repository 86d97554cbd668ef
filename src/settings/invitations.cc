#include "settings/invitations.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::string_view kSelect =
    "SELECT id, org, email, name, role, token_hash, invited_by, created_at, sent_at, expires_at "
    "FROM invitations WHERE ";

Result<Invitation> read_invitation(const db::Statement& row) {
  const auto role = parse_role(row.view(4));
  if (!role) return damaged("a role");
  return Invitation{.id = TRY(uuid_at(row, 0)),
                    .org = TRY(org_at(row, 1)),
                    .email = row.text(2),
                    .name = row.text(3),
                    .role = *role,
                    .token_hash = TRY(digest_at(row, 5)),
                    .invited_by = row.text(6),
                    .created_at = row.time(7),
                    .sent_at = row.time(8),
                    .expires_at = row.time(9)};
}

}  // namespace

Result<std::optional<Invitation>> find_invitation(const ReadTx& tx, const OrgId& org,
                                                  const Uuid& id) {
  auto statement = TRY(tx.database().prepare(std::string(kSelect) + "org = ? AND id = ?"));
  return first_row<Invitation>(statement.with(org, id.str()), read_invitation);
}

Result<std::optional<Invitation>> find_invitation(const ReadTx& tx,
                                                  const Sha256Digest& token_hash) {
  auto statement = TRY(tx.database().prepare(std::string(kSelect) + "token_hash = ?"));
  return first_row<Invitation>(statement.with(db::Statement::Blob{as_text(token_hash)}),
                               read_invitation);
}

Result<std::optional<Invitation>> find_invitation_for(const ReadTx& tx, const OrgId& org,
                                                      std::string_view email) {
  const auto folded = fold_email(email);
  if (!folded) return std::optional<Invitation>{};
  auto statement =
      TRY(tx.database().prepare(std::string(kSelect) + "org = ? AND email_folded = ?"));
  return first_row<Invitation>(statement.with(org, *folded), read_invitation);
}

Result<std::vector<Invitation>> list_invitations(const ReadTx& tx, const OrgId& org,
                                                 std::optional<Uuid> after, std::size_t limit) {
  auto statement =
      TRY(tx.database().prepare(std::string(kSelect) + "org = ? AND id > ? ORDER BY id LIMIT ?"));
  statement.with(org, text_of(after), static_cast<std::uint64_t>(limit));
  return all_rows<Invitation>(statement, read_invitation);
}

Result<std::uint64_t> count_invitations(const ReadTx& tx, const OrgId& org) {
  auto statement = TRY(tx.database().prepare("SELECT count(*) FROM invitations WHERE org = ?"));
  return count_of(statement.with(org));
}

Result<> put_invitation(WriteTx& tx, const Invitation& invitation) {
  const std::string folded = TRY(fold_email(invitation.email));
  auto statement = TRY(tx.database().prepare(
      "INSERT OR REPLACE INTO invitations (id, org, email, email_folded, name, role, token_hash, "
      "invited_by, created_at, sent_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return statement
      .with(invitation.id.str(), invitation.org, invitation.email, folded, invitation.name,
            role_name(invitation.role), db::Statement::Blob{as_text(invitation.token_hash)},
            invitation.invited_by, invitation.created_at, invitation.sent_at, invitation.expires_at)
      .run();
}

Result<> remove_invitation(WriteTx& tx, const Uuid& id) {
  auto statement = TRY(tx.database().prepare("DELETE FROM invitations WHERE id = ?"));
  return statement.with(id.str()).run();
}

}  // namespace trailkeeper::settings
