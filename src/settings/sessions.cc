#include "settings/sessions.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

db::Statement::Blob blob(const Sha256Digest& digest) { return {as_text(digest)}; }

}  // namespace

Result<std::optional<Session>> find_session(const ReadTx& tx, const Sha256Digest& token_hash) {
  auto statement =
      TRY(tx.database().prepare("SELECT token_hash, id, person, created_at, last_seen_at, "
                                "expires_at FROM sessions WHERE token_hash = ?"));
  statement.with(blob(token_hash));
  return first_row<Session>(statement, [](const db::Statement& row) -> Result<Session> {
    return Session{
        .token_hash = TRY(digest_at(row, 0)),
        .id = TRY(uuid_at(row, 1)),
        .person = TRY(uuid_at(row, 2)),
        .created_at = row.time(3),
        .last_seen_at = row.time(4),
        .expires_at = row.time(5),
    };
  });
}

Result<> add_session(WriteTx& tx, const Session& session) {
  auto statement =
      TRY(tx.database().prepare("INSERT INTO sessions (token_hash, id, person, created_at, "
                                "last_seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)"));
  return statement
      .with(blob(session.token_hash), session.id.str(), session.person.str(), session.created_at,
            session.last_seen_at, session.expires_at)
      .run();
}

Result<> touch_session(WriteTx& tx, const Sha256Digest& token_hash, Timestamp now) {
  auto statement = TRY(tx.database().prepare(
      "UPDATE sessions SET last_seen_at = ?1 WHERE token_hash = ?2 AND last_seen_at < ?1"));
  return statement.with(now, blob(token_hash)).run();
}

Result<bool> remove_session(WriteTx& tx, const Sha256Digest& token_hash) {
  auto statement = TRY(tx.database().prepare("DELETE FROM sessions WHERE token_hash = ?"));
  TRY(statement.with(blob(token_hash)).run());
  return tx.database().changes() > 0;
}

Result<> remove_sessions_of(WriteTx& tx, const Uuid& person) {
  auto statement = TRY(tx.database().prepare("DELETE FROM sessions WHERE person = ?"));
  return statement.with(person.str()).run();
}

Result<> remove_ended_sessions(WriteTx& tx, Timestamp now, Timestamp idle_since) {
  auto statement =
      TRY(tx.database().prepare("DELETE FROM sessions WHERE expires_at <= ? OR last_seen_at <= ?"));
  return statement.with(now, idle_since).run();
}

}  // namespace trailkeeper::settings
