#include "settings/pack_runs.h"

#include <algorithm>
#include <array>

#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::array<std::string_view, 8> kStates{"due",       "extracting", "staged", "delivering",
                                                  "delivered", "held",       "failed", "cancelled"};

constexpr std::string_view kColumns =
    "id, org, pack, version, kind, state, interval_start, interval_end, replaces, due_at,"
    " next_attempt_at, attempts, error, remedy, requested_by, hold, size_confirmed, rows, bytes,"
    " nulls, columns, high_water, manifest_sha256, previous_run, started_at, snapshot_at,"
    " staged_at, finished_at, file_set, set_shown, changes";
constexpr std::string_view kOpen = "state IN ('due', 'extracting', 'staged', 'delivering', 'held')";

Result<PackRunState> state_at(const db::Statement& row, int column) {
  if (const auto state = find_pack_run_state(row.view(column))) return *state;
  return damaged("a run's state");
}

Result<PackRun> read_run(const db::Statement& row) {
  return PackRun{.id = TRY(uuid_at(row, 0)),
                 .org = TRY(org_at(row, 1)),
                 .pack = row.text(2),
                 .version = static_cast<int>(row.integer(3)),
                 .kind = row.text(4),
                 .state = TRY(state_at(row, 5)),
                 .interval_start = row.time(6),
                 .interval_end = row.time(7),
                 .replaces = row.text(8),
                 .due_at = row.time(9),
                 .next_attempt_at = row.optional_time(10),
                 .attempts = static_cast<int>(row.integer(11)),
                 .error = row.text(12),
                 .remedy = row.text(13),
                 .requested_by = row.text(14),
                 .hold = row.text(15),
                 .size_confirmed = row.integer(16) != 0,
                 .rows = static_cast<std::uint64_t>(row.integer(17)),
                 .bytes = static_cast<std::uint64_t>(row.integer(18)),
                 .nulls = row.text(19),
                 .columns = row.text(20),
                 .high_water = row.text(21),
                 .manifest_sha256 = row.text(22),
                 .previous_run = row.text(23),
                 .started_at = row.optional_time(24),
                 .snapshot_at = row.optional_time(25),
                 .staged_at = row.optional_time(26),
                 .finished_at = row.optional_time(27),
                 .file_set = row.text(28),
                 .set_shown = row.text(29),
                 .changes = row.text(30)};
}

std::string select(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM data_pack_runs " + std::string(rest);
}

}  // namespace

std::string_view pack_run_state_name(PackRunState state) {
  return kStates[static_cast<std::size_t>(state)];
}

std::optional<PackRunState> find_pack_run_state(std::string_view name) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] == name) return static_cast<PackRunState>(i);
  }
  return std::nullopt;
}

Result<std::optional<PackRun>> find_pack_run(const ReadTx& tx, const OrgId& org,
                                             const std::string& pack, const Uuid& id) {
  auto statement = TRY(tx.database().prepare(select("WHERE id = ? AND org = ? AND pack = ?")));
  return first_row<PackRun>(statement.with(id.str(), org, pack), read_run);
}

Result<std::optional<PackRun>> find_pack_run(const ReadTx& tx, const Uuid& id) {
  auto statement = TRY(tx.database().prepare(select("WHERE id = ?")));
  return first_row<PackRun>(statement.with(id.str()), read_run);
}

Result<std::vector<PackRun>> list_pack_runs(const ReadTx& tx, const PackRunFilter& filter,
                                            std::size_t limit) {
  auto statement = TRY(tx.database().prepare(
      select("WHERE (?1 = '' OR org = ?1) AND (?2 = '' OR pack = ?2) AND (?3 = '' OR state = ?3)"
             " AND (?4 = '' OR id < ?4) ORDER BY id DESC LIMIT ?5")));
  const std::string org = filter.org ? filter.org->str() : "";
  const std::string_view state = filter.state ? pack_run_state_name(*filter.state) : "";
  return all_rows<PackRun>(statement.with(org, filter.pack, state, text_of(filter.before),
                                          static_cast<std::uint64_t>(limit)),
                           read_run);
}

Result<std::vector<PackRun>> next_pack_runs(const ReadTx& tx) {
  auto statement = TRY(tx.database().prepare(
      select("WHERE id IN (SELECT min(id) FROM data_pack_runs WHERE " + std::string(kOpen) +
             " GROUP BY org, pack, version) ORDER BY due_at, id")));
  return all_rows<PackRun>(statement, read_run);
}

Result<std::vector<PackRun>> open_pack_runs(const ReadTx& tx, const std::optional<OrgId>& org,
                                            const std::string& pack) {
  auto statement = TRY(tx.database().prepare(select(
      "WHERE (?1 = '' OR org = ?1) AND pack = ?2 AND " + std::string(kOpen) + " ORDER BY id")));
  const std::string name = org ? org->str() : "";
  return all_rows<PackRun>(statement.with(name, pack), read_run);
}

Result<std::optional<PackRun>> last_pack_run_of_files(const ReadTx& tx, const OrgId& org,
                                                      const std::string& pack, int version,
                                                      const std::string& source,
                                                      const std::string& name) {
  auto statement = TRY(tx.database().prepare(
      select("WHERE org = ?1 AND pack = ?2 AND version = ?3 AND file_set IN"
             " (SELECT id FROM data_pack_file_sets WHERE source = ?4 AND org = ?1 AND name = ?5)"
             " ORDER BY id DESC LIMIT 1")));
  return first_row<PackRun>(statement.with(org, pack, version, source, name), read_run);
}

Result<std::optional<PackRun>> scheduled_pack_run(const ReadTx& tx, const OrgId& org,
                                                  const std::string& pack, int version,
                                                  Timestamp interval_start) {
  auto statement = TRY(tx.database().prepare(
      select("WHERE org = ? AND pack = ? AND version = ? AND interval_start = ?"
             " AND kind IN ('scheduled', 'backfill') ORDER BY id DESC LIMIT 1")));
  return first_row<PackRun>(statement.with(org, pack, version, interval_start), read_run);
}

Result<std::vector<PackRun>> delivered_pack_runs(const ReadTx& tx, const OrgId& org,
                                                 const std::string& pack, int version,
                                                 std::size_t limit) {
  auto statement = TRY(tx.database().prepare(
      select("WHERE org = ? AND pack = ? AND version = ? AND state = 'delivered'"
             " ORDER BY finished_at DESC, id DESC LIMIT ?")));
  return all_rows<PackRun>(statement.with(org, pack, version, static_cast<std::uint64_t>(limit)),
                           read_run);
}

Result<std::uint64_t> count_pack_runs(const ReadTx& tx, PackRunState state,
                                      const std::string& pack) {
  auto statement = TRY(tx.database().prepare(
      "SELECT count(*) FROM data_pack_runs WHERE state = ?1 AND (?2 = '' OR pack = ?2)"));
  return count_of(statement.with(pack_run_state_name(state), pack));
}

Result<> add_pack_run(WriteTx& tx, const PackRun& run) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO data_pack_runs (" + std::string(kColumns) +
      ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  return statement
      .with(run.id.str(), run.org, run.pack, run.version, run.kind, pack_run_state_name(run.state),
            run.interval_start, run.interval_end, run.replaces, run.due_at, run.next_attempt_at,
            run.attempts, run.error, run.remedy, run.requested_by, run.hold, run.size_confirmed,
            run.rows, run.bytes, run.nulls, run.columns, run.high_water, run.manifest_sha256,
            run.previous_run, run.started_at, run.snapshot_at, run.staged_at, run.finished_at,
            run.file_set, run.set_shown, run.changes)
      .run();
}

Result<bool> update_pack_run(WriteTx& tx, const PackRun& run, PackRunState expected) {
  auto statement = TRY(tx.database().prepare(
      "UPDATE data_pack_runs SET version=?, state=?, next_attempt_at=?, attempts=?, error=?,"
      " remedy=?, hold=?, size_confirmed=?, rows=?, bytes=?, nulls=?, columns=?, high_water=?,"
      " manifest_sha256=?, previous_run=?, started_at=?, snapshot_at=?, staged_at=?, finished_at=?,"
      " file_set=?, set_shown=?, changes=? WHERE id = ? AND state = ?"));
  TRY(statement
          .with(run.version, pack_run_state_name(run.state), run.next_attempt_at, run.attempts,
                run.error, run.remedy, run.hold, run.size_confirmed, run.rows, run.bytes, run.nulls,
                run.columns, run.high_water, run.manifest_sha256, run.previous_run, run.started_at,
                run.snapshot_at, run.staged_at, run.finished_at, run.file_set, run.set_shown,
                run.changes, run.id.str(), pack_run_state_name(expected))
          .run());
  return tx.database().changes() == 1;
}

Result<> note_pack_run_rows(WriteTx& tx, const Uuid& run, std::uint64_t rows) {
  auto statement = TRY(tx.database().prepare(
      "UPDATE data_pack_runs SET rows = ? WHERE id = ? AND state = 'extracting'"));
  return statement.with(rows, run.str()).run();
}

Result<std::vector<PackFile>> pack_files(const ReadTx& tx, const Uuid& run) {
  auto statement = TRY(tx.database().prepare(
      "SELECT ordinal, name, bytes, rows, sha256, md5, manifest FROM data_pack_files"
      " WHERE run = ? ORDER BY ordinal"));
  const auto read = [](const db::Statement& row) -> Result<PackFile> {
    return PackFile{.ordinal = static_cast<int>(row.integer(0)),
                    .name = row.text(1),
                    .bytes = static_cast<std::uint64_t>(row.integer(2)),
                    .rows = static_cast<std::uint64_t>(std::max<std::int64_t>(row.integer(3), 0)),
                    .rows_known = row.integer(3) >= 0,
                    .sha256 = TRY(digest_at(row, 4)),
                    .md5 = row.text(5),
                    .manifest = row.integer(6) != 0};
  };
  return all_rows<PackFile>(statement.with(run.str()), read);
}

Result<> put_pack_files(WriteTx& tx, const Uuid& run, const std::vector<PackFile>& files) {
  auto old = TRY(tx.database().prepare("DELETE FROM data_pack_files WHERE run = ?"));
  TRY(old.with(run.str()).run());
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO data_pack_files (run, ordinal, name, bytes, rows, sha256, md5, manifest)"
      " VALUES (?,?,?,?,?,?,?,?)"));
  for (const PackFile& file : files) {
    TRY(statement
            .with(run.str(), file.ordinal, file.name, file.bytes,
                  file.rows_known ? static_cast<std::int64_t>(file.rows) : std::int64_t{-1},
                  db::Statement::Blob{as_text(file.sha256)}, db::Statement::Blob{file.md5},
                  file.manifest)
            .run());
  }
  return {};
}

Result<std::vector<PackDelivery>> pack_deliveries(const ReadTx& tx, const Uuid& run) {
  auto statement = TRY(tx.database().prepare(
      "SELECT sink, location, place, state, files_done, manifest_begun, attempts, error, remedy,"
      " request_id, first_try_at, next_attempt_at, delivered_at FROM data_pack_deliveries"
      " WHERE run = ? ORDER BY sink"));
  const auto read = [](const db::Statement& row) -> Result<PackDelivery> {
    return PackDelivery{.sink = row.text(0),
                        .location = row.text(1),
                        .place = row.text(2),
                        .state = row.text(3),
                        .files_done = static_cast<int>(row.integer(4)),
                        .manifest_begun = row.integer(5) != 0,
                        .attempts = static_cast<int>(row.integer(6)),
                        .error = row.text(7),
                        .remedy = row.text(8),
                        .request_id = row.text(9),
                        .first_try_at = row.optional_time(10),
                        .next_attempt_at = row.optional_time(11),
                        .delivered_at = row.optional_time(12)};
  };
  return all_rows<PackDelivery>(statement.with(run.str()), read);
}

Result<> put_pack_delivery(WriteTx& tx, const Uuid& run, const PackDelivery& delivery) {
  auto statement = TRY(tx.database().prepare(
      "INSERT OR REPLACE INTO data_pack_deliveries (run, sink, location, place, state, files_done,"
      " manifest_begun, attempts, error, remedy, request_id, first_try_at, next_attempt_at,"
      " delivered_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  return statement
      .with(run.str(), delivery.sink, delivery.location, delivery.place, delivery.state,
            delivery.files_done, delivery.manifest_begun, delivery.attempts, delivery.error,
            delivery.remedy, delivery.request_id, delivery.first_try_at, delivery.next_attempt_at,
            delivery.delivered_at)
      .run();
}

Result<> replace_pack_deliveries(WriteTx& tx, const Uuid& run,
                                 const std::vector<PackDelivery>& deliveries) {
  auto old = TRY(tx.database().prepare("DELETE FROM data_pack_deliveries WHERE run = ?"));
  TRY(old.with(run.str()).run());
  for (const PackDelivery& each : deliveries) TRY(put_pack_delivery(tx, run, each));
  return {};
}

Result<std::optional<Timestamp>> pack_trouble_told(const ReadTx& tx, const OrgId& org,
                                                   const std::string& sink) {
  auto statement = TRY(
      tx.database().prepare("SELECT told_at FROM data_pack_troubles WHERE org = ? AND sink = ?"));
  if (!TRY(statement.with(org, sink).step())) return std::optional<Timestamp>{};
  return std::optional<Timestamp>(statement.time(0));
}

Result<> set_pack_trouble_told(WriteTx& tx, const OrgId& org, const std::string& sink,
                               std::optional<Timestamp> at) {
  if (!at) {
    auto statement =
        TRY(tx.database().prepare("DELETE FROM data_pack_troubles WHERE org = ? AND sink = ?"));
    return statement.with(org, sink).run();
  }
  auto statement = TRY(tx.database().prepare(
      "INSERT OR REPLACE INTO data_pack_troubles (org, sink, told_at) VALUES (?,?,?)"));
  return statement.with(org, sink, *at).run();
}

}  // namespace trailkeeper::settings
