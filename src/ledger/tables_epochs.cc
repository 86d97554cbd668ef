#include "merkle/checkpoint.h"
#include "merkle/note.h"
#include "tables.h"

// Epochs of a log, and what witnesses said of its checkpoints.
namespace trailkeeper::ledger {
namespace {

constexpr std::string_view kSelectClosed =
    "SELECT number, old_logs.org, old_logs.name, old_logs.origin, old_logs.epoch, note "
    "FROM old_logs JOIN logs ON logs.org = old_logs.org WHERE ";

Result<ClosedLogRow> read_closed(db::Statement& select) {
  const auto org = OrgId::parse(select.view(1));
  if (!org) return Error{ErrorKind::fatal, "ledger_damaged", "a log belongs to no organization"};
  ClosedLogRow closed{.log = {.org = *org}, .checkpoint = std::nullopt};
  closed.log.number = static_cast<std::uint64_t>(select.integer(0));
  closed.log.name = select.text(2);
  closed.log.origin = select.text(3);
  closed.log.epoch = static_cast<std::uint32_t>(select.integer(4));
  std::string text = select.text(5);
  if (text.empty()) return closed;
  const merkle::Note note = TRY(merkle::parse_note(text));
  closed.log.size = TRY(merkle::parse_checkpoint(note.text)).size;
  closed.checkpoint = PublishedRow{closed.log.size, std::move(text)};
  return closed;
}

}  // namespace

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

Result<std::vector<ClosedLogRow>> Tables::closed_logs(const OrgId& org) {
  db::Statement select = TRY(
      database_.prepare(std::string(kSelectClosed) + "old_logs.org = ?1 ORDER BY old_logs.epoch"));
  select.with(org);
  std::vector<ClosedLogRow> closed;
  while (TRY(select.step())) closed.push_back(TRY(read_closed(select)));
  return closed;
}

Result<std::optional<ClosedLogRow>> Tables::find_closed_log(std::string_view name) {
  db::Statement select = TRY(database_.prepare(std::string(kSelectClosed) + "old_logs.name = ?1"));
  if (!TRY(select.with(name).step())) return std::optional<ClosedLogRow>();
  return std::optional(TRY(read_closed(select)));
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
