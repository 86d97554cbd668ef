#include "settings/looks.h"

#include "rows.h"

namespace trailkeeper::settings {

Result<std::vector<Look>> list_looks(const ReadTx& tx, Timestamp now) {
  auto statement = TRY(
      tx.database().prepare("SELECT id, org, person, session_id, reason, started_at, expires_at "
                            "FROM looks WHERE expires_at > ? ORDER BY id"));
  statement.with(now);
  return all_rows<Look>(statement, [](const db::Statement& row) -> Result<Look> {
    return Look{.id = TRY(uuid_at(row, 0)),
                .org = TRY(org_at(row, 1)),
                .person = TRY(uuid_at(row, 2)),
                .session_id = row.text(3),
                .reason = row.text(4),
                .started_at = row.time(5),
                .expires_at = row.time(6)};
  });
}

Result<> add_look(WriteTx& tx, const Look& look) {
  auto statement =
      TRY(tx.database().prepare("INSERT INTO looks (id, org, person, session_id, reason, "
                                "started_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)"));
  return statement
      .with(look.id.str(), look.org, look.person.str(), look.session_id, look.reason,
            look.started_at, look.expires_at)
      .run();
}

Result<bool> remove_look(WriteTx& tx, const Uuid& id) {
  auto statement = TRY(tx.database().prepare("DELETE FROM looks WHERE id = ?"));
  TRY(statement.with(id.str()).run());
  return tx.database().changes() > 0;
}

Result<> remove_ended_looks(WriteTx& tx, Timestamp now) {
  auto statement = TRY(tx.database().prepare("DELETE FROM looks WHERE expires_at <= ?"));
  return statement.with(now).run();
}

}  // namespace trailkeeper::settings
