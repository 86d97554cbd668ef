#include "settings/sftp.h"

#include "rows.h"

namespace trailkeeper::settings {

Result<std::optional<SftpDestination>> find_sftp_destination(const ReadTx& tx, const OrgId& org) {
  auto statement = TRY(tx.database().prepare(
      "SELECT host, port, user, password, private_key, passphrase, path, host_key, state, reason,"
      " detail, remedy, checks, checked_at, last_success_at, updated_at"
      " FROM sftp_destinations WHERE org = ?"));
  return first_row<SftpDestination>(
      statement.with(org), [&](const db::Statement& row) -> Result<SftpDestination> {
        return SftpDestination{.org = org,
                               .host = row.text(0),
                               .port = static_cast<int>(row.integer(1)),
                               .user = row.text(2),
                               .password = row.text(3),
                               .private_key = row.text(4),
                               .passphrase = row.text(5),
                               .path = row.text(6),
                               .host_key = row.text(7),
                               .state = row.text(8),
                               .reason = row.text(9),
                               .detail = row.text(10),
                               .remedy = row.text(11),
                               .checks = row.text(12),
                               .checked_at = row.optional_time(13),
                               .last_success_at = row.optional_time(14),
                               .updated_at = row.time(15)};
      });
}

Result<> put_sftp_destination(WriteTx& tx, const SftpDestination& d) {
  auto statement = TRY(tx.database().prepare(
      "INSERT OR REPLACE INTO sftp_destinations (org, host, port, user, password, private_key,"
      " passphrase, path, host_key, state, reason, detail, remedy, checks, checked_at,"
      " last_success_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return statement
      .with(d.org, d.host, static_cast<std::int64_t>(d.port), d.user, d.password, d.private_key,
            d.passphrase, d.path, d.host_key, d.state, d.reason, d.detail, d.remedy, d.checks,
            d.checked_at, d.last_success_at, d.updated_at)
      .run();
}

Result<> remove_sftp_destination(WriteTx& tx, const OrgId& org) {
  auto statement = TRY(tx.database().prepare("DELETE FROM sftp_destinations WHERE org = ?"));
  return statement.with(org).run();
}

}  // namespace trailkeeper::settings
