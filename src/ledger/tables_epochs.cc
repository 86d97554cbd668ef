#include "tables.h"

// Epochs of a log, and what witnesses said of its checkpoints.
namespace trailkeeper::ledger {

Result<> Tables::change_epoch(const LogRow& row, std::string_view note, const LogRow& next,
                              Timestamp now) {
  TRY(TRY(database_.prepare("INSERT INTO old_logs (org, epoch, name, origin, note, closed_at) "
                            "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"))
          .with(row.org, static_cast<std::int64_t>(row.epoch), row.name, row.origin, note, now)
          .run());
  TRY(TRY(database_.prepare("UPDATE logs SET name = ?2, origin = ?3, epoch = ?4 WHERE number = ?1"))
          .with(row.number, next.name, next.origin, static_cast<std::int64_t>(next.epoch))
          .run());
  TRY(TRY(database_.prepare("DELETE FROM checkpoints WHERE log = ?1")).with(row.number).run());
  return TRY(database_.prepare("DELETE FROM witnessed WHERE log = ?1")).with(row.number).run();
}

Result<std::optional<OldLogRow>> Tables::old_log(const OrgId& org) {
  db::Statement select = TRY(database_.prepare(
      "SELECT epoch, note FROM old_logs WHERE org = ?1 ORDER BY epoch DESC LIMIT 1"));
  if (!TRY(select.with(org).step())) return std::optional<OldLogRow>();
  return std::optional(OldLogRow{static_cast<std::uint32_t>(select.integer(0)), select.text(1)});
}

Result<> Tables::for_each_unwitnessed(std::size_t count, const LogVisitor& visit) {
  db::Statement select = TRY(
      database_.prepare("SELECT org, checkpoints.size FROM checkpoints JOIN logs ON number = log "
                        "WHERE cosignatures = '' LIMIT ?1"));
  select.with(static_cast<std::int64_t>(count));
  return visit_rows(select, visit);
}

Result<std::uint64_t> Tables::witnessed_size(std::uint64_t log) {
  db::Statement select = TRY(database_.prepare("SELECT size FROM witnessed WHERE log = ?1"));
  if (!TRY(select.with(log).step())) return std::uint64_t{0};
  return static_cast<std::uint64_t>(select.integer(0));
}

Result<> Tables::put_witnessed(std::uint64_t log, std::uint64_t size) {
  return TRY(database_.prepare("INSERT OR REPLACE INTO witnessed (log, size) VALUES (?1, ?2)"))
      .with(log, size)
      .run();
}

Result<> Tables::put_cosignatures(std::uint64_t log, std::uint64_t size, std::string_view lines) {
  return TRY(database_.prepare(
                 "UPDATE checkpoints SET cosignatures = ?3 WHERE log = ?1 AND size = ?2"))
      .with(log, size, lines)
      .run();
}

}  // namespace trailkeeper::ledger
