#include "settings/exports.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::string_view kColumns =
    "id, org, state, format, from_time, to_time, filter, visible_from, last_seq, rows, rows_total, "
    "bytes, "
    "requester_id,"
    " requester_name, requester_email, created_at, ready_at, expires_at, error";

Result<ExportState> state_at(const db::Statement& row, int column) {
  for (const ExportState state :
       {ExportState::queued, ExportState::running, ExportState::ready, ExportState::expired,
        ExportState::failed, ExportState::cancelled}) {
    if (export_state_name(state) == row.view(column)) return state;
  }
  return damaged("an export's state");
}

Result<Export> read_export(const db::Statement& row) {
  return Export{
      .id = TRY(uuid_at(row, 0)),
      .org = TRY(org_at(row, 1)),
      .state = TRY(state_at(row, 2)),
      .format = row.text(3),
      .from = row.optional_time(4),
      .to = row.optional_time(5),
      .filter = row.text(6),
      .visible_from = row.optional_time(7),
      .last_seq = Seq{static_cast<std::uint64_t>(row.integer(8))},
      .rows = static_cast<std::uint64_t>(row.integer(9)),
      .rows_total = static_cast<std::uint64_t>(row.integer(10)),
      .bytes = static_cast<std::uint64_t>(row.integer(11)),
      .requester_id = row.text(12),
      .requester_name = row.text(13),
      .requester_email = row.text(14),
      .created_at = row.time(15),
      .ready_at = row.optional_time(16),
      .expires_at = row.optional_time(17),
      .error = row.text(18),
  };
}

std::string select(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM exports " + std::string(rest);
}

}  // namespace

std::string_view export_state_name(ExportState state) {
  switch (state) {
    case ExportState::queued:
      return "queued";
    case ExportState::running:
      return "running";
    case ExportState::ready:
      return "ready";
    case ExportState::expired:
      return "expired";
    case ExportState::failed:
      return "failed";
    case ExportState::cancelled:
      break;
  }
  return "cancelled";
}

Result<std::optional<Export>> find_export(const ReadTx& tx, const OrgId& org, const Uuid& id) {
  auto statement = TRY(tx.database().prepare(select("WHERE id = ? AND org = ?")));
  return first_row<Export>(statement.with(id.str(), org), read_export);
}

Result<std::optional<Export>> find_export(const ReadTx& tx, const Uuid& id) {
  auto statement = TRY(tx.database().prepare(select("WHERE id = ?")));
  return first_row<Export>(statement.with(id.str()), read_export);
}

Result<std::vector<Export>> list_exports(const ReadTx& tx, const OrgId& org,
                                         std::optional<Uuid> before, std::size_t limit) {
  auto statement = TRY(tx.database().prepare(
      select("WHERE org = ?1 AND (?2 = '' OR id < ?2) ORDER BY id DESC LIMIT ?3")));
  return all_rows<Export>(statement.with(org, text_of(before), static_cast<std::uint64_t>(limit)),
                          read_export);
}

Result<std::vector<Export>> exports_in_state(const ReadTx& tx, ExportState state,
                                             std::size_t limit) {
  auto statement = TRY(tx.database().prepare(select("WHERE state = ? ORDER BY id LIMIT ?")));
  return all_rows<Export>(
      statement.with(export_state_name(state), static_cast<std::uint64_t>(limit)), read_export);
}

Result<std::vector<Export>> exports_past_expiry(const ReadTx& tx, Timestamp now,
                                                std::size_t limit) {
  auto statement = TRY(tx.database().prepare(
      select("WHERE state = 'ready' AND expires_at <= ? ORDER BY id LIMIT ?")));
  return all_rows<Export>(statement.with(now, static_cast<std::uint64_t>(limit)), read_export);
}

Result<std::uint64_t> count_unfinished_exports(const ReadTx& tx, const OrgId& org) {
  auto statement = TRY(tx.database().prepare(
      "SELECT count(*) FROM exports WHERE org = ? AND state IN ('queued', 'running')"));
  return count_of(statement.with(org));
}

Result<> add_export(WriteTx& tx, const Export& record) {
  auto statement = TRY(tx.database().prepare("INSERT INTO exports (" + std::string(kColumns) +
                                             ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  return statement
      .with(record.id.str(), record.org, export_state_name(record.state), record.format,
            record.from, record.to, record.filter, record.visible_from, record.last_seq,
            record.rows, record.rows_total, record.bytes, record.requester_id,
            record.requester_name, record.requester_email, record.created_at, record.ready_at,
            record.expires_at, record.error)
      .run();
}

Result<bool> update_export(WriteTx& tx, const Export& record, ExportState expected) {
  auto statement =
      TRY(tx.database().prepare("UPDATE exports SET state = ?, rows = ?, rows_total = ?, bytes = "
                                "?, ready_at = ?, expires_at = ?, error = ?"
                                " WHERE id = ? AND org = ? AND state = ?"));
  TRY(statement
          .with(export_state_name(record.state), record.rows, record.rows_total, record.bytes,
                record.ready_at, record.expires_at, record.error, record.id.str(), record.org,
                export_state_name(expected))
          .run());
  return tx.database().changes() > 0;
}

Result<> remove_old_exports(WriteTx& tx, Timestamp before) {
  auto statement = TRY(tx.database().prepare(
      "DELETE FROM exports WHERE created_at < ? AND state IN ('expired', 'failed', 'cancelled')"));
  return statement.with(before).run();
}

}  // namespace trailkeeper::settings
