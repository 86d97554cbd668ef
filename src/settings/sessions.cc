#include "settings/sessions.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::string_view kColumns =
    "token_hash, id, person, method, org, guest_id, guest_name, guest_email, intent, return_url, "
    "ip, user_agent, created_at, last_seen_at, expires_at";

db::Statement::Blob blob(const Sha256Digest& digest) { return {as_text(digest)}; }

Result<Session> read_session(const db::Statement& row) {
  Session session{.token_hash = TRY(digest_at(row, 0)),
                  .id = TRY(uuid_at(row, 1)),
                  .method = row.text(3),
                  .intent = row.text(8),
                  .return_url = row.text(9),
                  .ip = row.text(10),
                  .user_agent = row.text(11),
                  .created_at = row.time(12),
                  .last_seen_at = row.time(13),
                  .expires_at = row.time(14)};
  if (!row.is_null(2)) session.person = TRY(uuid_at(row, 2));
  if (!row.is_null(4)) session.org = TRY(org_at(row, 4));
  if (!row.is_null(5)) {
    session.guest = Guest{.id = row.text(5), .name = row.text(6), .email = row.text(7)};
  }
  return session;
}

}  // namespace

Result<std::optional<Session>> find_session(const ReadTx& tx, const Sha256Digest& token_hash) {
  auto statement = TRY(tx.database().prepare("SELECT " + std::string(kColumns) +
                                             " FROM sessions WHERE token_hash = ?"));
  statement.with(blob(token_hash));
  return first_row<Session>(statement, read_session);
}

Result<std::vector<Session>> sessions_of(const ReadTx& tx, const Uuid& person, std::size_t limit) {
  auto statement = TRY(
      tx.database().prepare("SELECT " + std::string(kColumns) +
                            " FROM sessions WHERE person = ? ORDER BY created_at DESC LIMIT ?"));
  statement.with(person.str(), static_cast<std::uint64_t>(limit));
  return all_rows<Session>(statement, read_session);
}

Result<> add_session(WriteTx& tx, const Session& session) {
  auto statement =
      TRY(tx.database().prepare("INSERT INTO sessions (" + std::string(kColumns) +
                                ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  std::optional<std::string> guest_id, guest_name, guest_email;
  if (session.guest) {
    guest_id = session.guest->id;
    guest_name = session.guest->name;
    guest_email = session.guest->email;
  }
  return statement
      .with(blob(session.token_hash), session.id.str(), optional_text_of(session.person),
            session.method, session.org, guest_id, guest_name, guest_email, session.intent,
            session.return_url, session.ip, session.user_agent, session.created_at,
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

Result<> remove_sessions_of(WriteTx& tx, const Uuid& person,
                            const std::optional<Sha256Digest>& except) {
  auto statement =
      TRY(tx.database().prepare("DELETE FROM sessions WHERE person = ? AND token_hash IS NOT ?"));
  if (!except) return statement.with(person.str(), nullptr).run();
  return statement.with(person.str(), blob(*except)).run();
}

Result<> remove_sessions_in(WriteTx& tx, const Uuid& person, const OrgId& org) {
  auto statement = TRY(tx.database().prepare("DELETE FROM sessions WHERE person = ? AND org = ?"));
  return statement.with(person.str(), org).run();
}

Result<> remove_sessions_by(WriteTx& tx, std::string_view method, const OrgId& org) {
  auto statement = TRY(tx.database().prepare("DELETE FROM sessions WHERE method = ? AND org = ?"));
  return statement.with(method, org).run();
}

Result<> remove_ended_sessions(WriteTx& tx, Timestamp now, Timestamp idle_since) {
  auto statement =
      TRY(tx.database().prepare("DELETE FROM sessions WHERE expires_at <= ? OR last_seen_at <= ?"));
  return statement.with(now, idle_since).run();
}

Result<bool> knows_device(const ReadTx& tx, const Sha256Digest& token_hash, const Uuid& person) {
  auto statement =
      TRY(tx.database().prepare("SELECT 1 FROM devices WHERE token_hash = ? AND person = ?"));
  return statement.with(blob(token_hash), person.str()).step();
}

Result<> put_device(WriteTx& tx, const Sha256Digest& token_hash, const Uuid& person,
                    Timestamp now) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO devices (token_hash, person, last_seen_at) VALUES (?, ?, ?) ON CONFLICT "
      "(token_hash) DO UPDATE SET person = excluded.person, last_seen_at = excluded.last_seen_at"));
  TRY(statement.with(blob(token_hash), person.str(), now).run());
  auto trim = TRY(tx.database().prepare(
      "DELETE FROM devices WHERE person = ?1 AND token_hash NOT IN (SELECT token_hash FROM devices "
      "WHERE person = ?1 ORDER BY last_seen_at DESC LIMIT ?2)"));
  return trim.with(person.str(), static_cast<std::uint64_t>(kDevicesMax)).run();
}

Result<> remove_devices_of(WriteTx& tx, const Uuid& person) {
  auto statement = TRY(tx.database().prepare("DELETE FROM devices WHERE person = ?"));
  return statement.with(person.str()).run();
}

}  // namespace trailkeeper::settings
