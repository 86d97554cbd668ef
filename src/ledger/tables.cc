#include "tables.h"

#include "entry_pack.h"
#include "merkle/tile.h"

namespace trailkeeper::ledger {
namespace {

constexpr int kIndexBits = 40;  // of a place; the log's number stands above

constexpr std::string_view kSelectLog =
    "SELECT number, org, name, origin, epoch, size, tree FROM logs WHERE ";

std::int64_t place(std::uint64_t log, std::uint64_t index) {
  return static_cast<std::int64_t>(log << kIndexBits | index);
}

Error damaged(const std::string& what) { return Error{ErrorKind::fatal, "ledger_damaged", what}; }

Result<std::optional<LogRow>> read_log(db::Statement& select) {
  if (!TRY(select.step())) return std::optional<LogRow>();
  const auto org = OrgId::parse(select.view(1));
  if (!org) return damaged("a log belongs to no organization");
  LogRow row{.org = *org};
  row.number = static_cast<std::uint64_t>(select.integer(0));
  row.name = select.text(2);
  row.origin = select.text(3);
  row.epoch = static_cast<std::uint32_t>(select.integer(4));
  row.size = static_cast<std::uint64_t>(select.integer(5));
  row.tree = select.text(6);
  select.reset();
  return std::optional<LogRow>(std::move(row));
}

}  // namespace

Result<std::optional<std::string>> Tables::meta(std::string_view key) {
  db::Statement select = TRY(database_.prepare("SELECT value FROM meta WHERE key = ?1"));
  if (!TRY(select.with(key).step())) return std::optional<std::string>();
  return std::optional<std::string>(select.text(0));
}

Result<> Tables::put_meta(std::string_view key, std::string_view value) {
  return TRY(database_.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)"))
      .with(key, value)
      .run();
}

Result<std::uint64_t> Tables::position() {
  db::Statement select = TRY(database_.prepare("SELECT position FROM progress"));
  if (!TRY(select.step())) return damaged("the ledger does not know how far it has come");
  return static_cast<std::uint64_t>(select.integer(0));
}

Result<> Tables::put_position(std::uint64_t position) {
  return TRY(database_.prepare("UPDATE progress SET position = ?1")).with(position).run();
}

Result<std::optional<LogRow>> Tables::find_log(const OrgId& org) {
  db::Statement select = TRY(database_.prepare(std::string(kSelectLog) + "org = ?1"));
  select.with(org);
  return read_log(select);
}

Result<std::optional<LogRow>> Tables::find_log_named(std::string_view name) {
  db::Statement select = TRY(database_.prepare(std::string(kSelectLog) + "name = ?1"));
  select.with(name);
  return read_log(select);
}

Result<> Tables::visit_logs(std::string_view sql, const LogVisitor& visit) {
  db::Statement select = TRY(database_.prepare(sql));
  return visit_rows(select, visit);
}

Result<> Tables::visit_rows(db::Statement& select, const LogVisitor& visit) {
  while (TRY(select.step())) {
    const auto org = OrgId::parse(select.view(0));
    if (!org) return damaged("a log belongs to no organization");
    visit(*org, static_cast<std::uint64_t>(select.integer(1)));
  }
  return {};
}

Result<> Tables::for_each_log(const LogVisitor& visit) {
  return visit_logs("SELECT org, size FROM logs", visit);
}

Result<> Tables::for_each_unpublished(const LogVisitor& visit) {
  return visit_logs(
      "SELECT org, logs.size FROM logs LEFT JOIN checkpoints ON log = number "
      "WHERE logs.size > coalesce(checkpoints.size, 0)",
      visit);
}

Result<LogRow> Tables::add_log(LogRow row, Timestamp now) {
  TRY(TRY(database_.prepare("INSERT INTO logs (org, name, origin, epoch, size, tree, opened_at) "
                            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"))
          .with(row.org, row.name, row.origin, static_cast<std::int64_t>(row.epoch), row.size,
                db::Statement::Blob{row.tree}, now)
          .run());
  row.number = static_cast<std::uint64_t>(database_.last_insert_id());
  return row;
}

Result<> Tables::put_size(const LogRow& row) {
  return TRY(database_.prepare("UPDATE logs SET size = ?2, tree = ?3 WHERE number = ?1"))
      .with(row.number, row.size, db::Statement::Blob{row.tree})
      .run();
}

Result<std::optional<PublishedRow>> Tables::published(std::uint64_t log) {
  db::Statement select =
      TRY(database_.prepare("SELECT size, note, cosignatures FROM checkpoints WHERE log = ?1"));
  if (!TRY(select.with(log).step())) return std::optional<PublishedRow>();
  return std::optional(
      PublishedRow{static_cast<std::uint64_t>(select.integer(0)), select.text(1), select.text(2)});
}

Result<> Tables::publish(std::uint64_t log, std::uint64_t old_size, const PublishedRow& row,
                         Timestamp now) {
  const char* sql = old_size == 0 ? "INSERT INTO checkpoints (log, size, note, signed_at) "
                                    "VALUES (?1, ?3, ?4, ?5) ON CONFLICT DO NOTHING"
                                  : "UPDATE checkpoints SET size = ?3, note = ?4, signed_at = ?5, "
                                    "cosignatures = '' "
                                    "WHERE log = ?1 AND size = ?2";
  TRY(TRY(database_.prepare(sql)).with(log, old_size, row.size, row.note, now).run());
  if (database_.changes() == 1) return {};
  return Error{ErrorKind::fatal, "checkpoint_raced",
               "another checkpoint than the one that this process knows is published"};
}

Result<> Tables::add_chunk(std::uint64_t log, std::uint64_t index,
                           std::span<const merkle::LogEntry> entries) {
  const std::string bytes = pack_entries(entries);
  return TRY(database_.prepare("INSERT INTO chunks (place, entries) VALUES (?1, ?2)"))
      .with(place(log, index), db::Statement::Blob{bytes})
      .run();
}

Result<> Tables::drop_chunks(std::uint64_t log) {
  return TRY(database_.prepare("DELETE FROM chunks WHERE place >= ?1 AND place < ?2"))
      .with(place(log, 0), place(log + 1, 0))
      .run();
}

Result<> Tables::add_bundle(std::uint64_t log, std::uint64_t number,
                            std::span<const merkle::LogEntry> entries) {
  const std::string bytes = pack_entries(entries);
  return TRY(database_.prepare("INSERT INTO bundles (place, entries) VALUES (?1, ?2)"))
      .with(place(log, number), db::Statement::Blob{bytes})
      .run();
}

Result<std::vector<merkle::LogEntry>> Tables::bundle(std::uint64_t log, std::uint64_t number) {
  std::vector<merkle::LogEntry> entries;
  const std::uint64_t first = number * merkle::kTileWidth;
  db::Statement full = TRY(database_.prepare("SELECT entries FROM bundles WHERE place = ?1"));
  if (TRY(full.with(place(log, number)).step())) {
    TRY(unpack_entries(Seq{first + 1}, full.view(0), entries));
    return entries;
  }
  db::Statement chunks = TRY(database_.prepare(
      "SELECT place, entries FROM chunks WHERE place >= ?1 AND place < ?2 ORDER BY place"));
  chunks.with(place(log, first), place(log, first + merkle::kTileWidth));
  while (TRY(chunks.step())) {
    if (chunks.integer(0) != place(log, first + entries.size()))
      return damaged("entries at the end of a log do not follow each other");
    TRY(unpack_entries(Seq{first + entries.size() + 1}, chunks.view(1), entries));
  }
  return entries;
}

Result<std::string> Tables::tile(std::uint64_t log, unsigned level, std::uint64_t number) {
  db::Statement select =
      TRY(database_.prepare("SELECT hashes FROM tiles WHERE level = ?1 AND place = ?2"));
  if (!TRY(select.with(static_cast<std::int64_t>(level), place(log, number)).step()))
    return std::string();
  return select.text(0);
}

Result<> Tables::put_tile(std::uint64_t log, unsigned level, std::uint64_t number,
                          std::string_view hashes) {
  return TRY(database_.prepare(
                 "INSERT OR REPLACE INTO tiles (level, place, hashes) VALUES (?1, ?2, ?3)"))
      .with(static_cast<std::int64_t>(level), place(log, number), db::Statement::Blob{hashes})
      .run();
}

}  // namespace trailkeeper::ledger
