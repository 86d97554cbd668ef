#include "settings/mails.h"

#include "rows.h"

namespace trailkeeper::settings {

Result<> add_mail(WriteTx& tx, const WaitingMail& mail) {
  auto statement =
      TRY(tx.database().prepare("INSERT INTO mails (message_id, recipient, subject, text, html, "
                                "created_at, attempts, next_attempt_at)"
                                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  return statement
      .with(mail.message_id, mail.to, mail.subject, mail.text, mail.html, mail.created_at,
            mail.attempts, mail.next_attempt_at)
      .run();
}

Result<std::optional<WaitingMail>> next_due_mail(const ReadTx& tx, Timestamp now) {
  auto statement = TRY(
      tx.database().prepare("SELECT id, message_id, recipient, subject, text, html, created_at, "
                            "attempts, next_attempt_at FROM mails"
                            " WHERE next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT 1"));
  statement.with(now);
  return first_row<WaitingMail>(statement, [](const db::Statement& row) -> Result<WaitingMail> {
    return WaitingMail{
        .id = row.integer(0),
        .message_id = row.text(1),
        .to = row.text(2),
        .subject = row.text(3),
        .text = row.text(4),
        .html = row.text(5),
        .created_at = row.time(6),
        .attempts = static_cast<int>(row.integer(7)),
        .next_attempt_at = row.time(8),
    };
  });
}

Result<> postpone_mail(WriteTx& tx, std::int64_t id, int attempts, Timestamp next_attempt_at) {
  auto statement =
      TRY(tx.database().prepare("UPDATE mails SET attempts = ?, next_attempt_at = ? WHERE id = ?"));
  return statement.with(attempts, next_attempt_at, id).run();
}

Result<> remove_mail(WriteTx& tx, std::int64_t id) {
  auto statement = TRY(tx.database().prepare("DELETE FROM mails WHERE id = ?"));
  return statement.with(id).run();
}

Result<std::uint64_t> count_mails(const ReadTx& tx) {
  auto statement = TRY(tx.database().prepare("SELECT count(*) FROM mails"));
  return count_of(statement);
}

}  // namespace trailkeeper::settings
