#include "settings/file_sets.h"

#include "rows.h"

namespace trailkeeper::settings {
namespace {

constexpr std::string_view kSetColumns =
    "id, source, org, name, interval_start, revision, files_expected, state, planned, origin,"
    " created_at, completed_at";
constexpr std::string_view kUploadColumns =
    "id, file_set, name, bytes, received, sha256_wanted, sha256, complete, created_at, expires_at";

std::string sets_where(std::string_view rest) {
  return "SELECT " + std::string(kSetColumns) + " FROM data_pack_file_sets WHERE " +
         std::string(rest);
}

std::string uploads_where(std::string_view rest) {
  return "SELECT " + std::string(kUploadColumns) + " FROM data_pack_uploads WHERE " +
         std::string(rest);
}

Result<FileSet> read_set(const db::Statement& row) {
  return FileSet{.id = TRY(uuid_at(row, 0)),
                 .source = row.text(1),
                 .org = TRY(org_at(row, 2)),
                 .name = row.text(3),
                 .interval_start = row.optional_time(4),
                 .revision = static_cast<int>(row.integer(5)),
                 .files_expected = static_cast<int>(row.integer(6)),
                 .state = row.text(7),
                 .planned = row.integer(8) != 0,
                 .origin = row.text(9),
                 .created_at = row.time(10),
                 .completed_at = row.optional_time(11)};
}

Result<FileUpload> read_upload(const db::Statement& row) {
  return FileUpload{.id = TRY(uuid_at(row, 0)),
                    .set = TRY(uuid_at(row, 1)),
                    .name = row.text(2),
                    .bytes = static_cast<std::uint64_t>(row.integer(3)),
                    .received = static_cast<std::uint64_t>(row.integer(4)),
                    .sha256_wanted = row.text(5),
                    .sha256 = row.text(6),
                    .complete = row.integer(7) != 0,
                    .created_at = row.time(8),
                    .expires_at = row.time(9)};
}

}  // namespace

Result<std::optional<FileSet>> find_file_set(const ReadTx& tx, const Uuid& id) {
  auto statement = TRY(tx.database().prepare(sets_where("id = ?")));
  return first_row<FileSet>(statement.with(id.str()), read_set);
}

Result<std::optional<FileSet>> last_file_set(const ReadTx& tx, const std::string& source,
                                             const OrgId& org, const std::string& name,
                                             bool complete) {
  auto statement = TRY(tx.database().prepare(
      sets_where("source = ? AND org = ? AND name = ? AND (state = 'complete' OR NOT ?)"
                 " ORDER BY revision DESC LIMIT 1")));
  return first_row<FileSet>(statement.with(source, org, name, complete), read_set);
}

Result<std::optional<FileSet>> newest_file_set(const ReadTx& tx, const std::string& source,
                                               const OrgId& org) {
  auto statement =
      TRY(tx.database().prepare(sets_where("source = ? AND org = ? AND state = 'complete'"
                                           " ORDER BY completed_at DESC, id DESC LIMIT 1")));
  return first_row<FileSet>(statement.with(source, org), read_set);
}

Result<std::vector<FileSet>> list_file_sets(const ReadTx& tx, const std::string& source,
                                            const std::optional<OrgId>& org,
                                            const std::optional<Uuid>& before, std::size_t limit) {
  auto statement = TRY(
      tx.database().prepare(sets_where("source = ? AND (? = '' OR org = ?) AND (? = '' OR id < ?)"
                                       " ORDER BY id DESC LIMIT ?")));
  const std::string whose = org ? org->str() : std::string();
  const std::string cursor = text_of(before);
  return all_rows<FileSet>(
      statement.with(source, whose, whose, cursor, cursor, static_cast<std::int64_t>(limit)),
      read_set);
}

Result<std::vector<FileSet>> unplanned_file_sets(const ReadTx& tx) {
  auto statement =
      TRY(tx.database().prepare(sets_where("state = 'complete' AND planned = 0 ORDER BY id")));
  return all_rows<FileSet>(statement, read_set);
}

Result<std::vector<FileSet>> old_file_sets(const ReadTx& tx, Timestamp time) {
  auto statement =
      TRY(tx.database().prepare(sets_where("state <> 'gone' AND created_at < ? ORDER BY id")));
  return all_rows<FileSet>(statement.with(time), read_set);
}

Result<> put_file_set(WriteTx& tx, const FileSet& set) {
  auto statement =
      TRY(tx.database().prepare("INSERT OR REPLACE INTO data_pack_file_sets (" +
                                std::string(kSetColumns) + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"));
  return statement
      .with(set.id.str(), set.source, set.org, set.name, set.interval_start, set.revision,
            set.files_expected, set.state, set.planned, set.origin, set.created_at,
            set.completed_at)
      .run();
}

Result<> remove_file_set(WriteTx& tx, const Uuid& id) {
  auto uploads = TRY(tx.database().prepare("DELETE FROM data_pack_uploads WHERE file_set = ?"));
  TRY(uploads.with(id.str()).run());
  auto statement = TRY(tx.database().prepare("DELETE FROM data_pack_file_sets WHERE id = ?"));
  return statement.with(id.str()).run();
}

Result<std::optional<FileUpload>> find_file_upload(const ReadTx& tx, const Uuid& id) {
  auto statement = TRY(tx.database().prepare(uploads_where("id = ?")));
  return first_row<FileUpload>(statement.with(id.str()), read_upload);
}

Result<std::vector<FileUpload>> file_uploads(const ReadTx& tx, const Uuid& set) {
  auto statement = TRY(tx.database().prepare(uploads_where("file_set = ? ORDER BY name")));
  return all_rows<FileUpload>(statement.with(set.str()), read_upload);
}

Result<std::uint64_t> count_open_uploads(const ReadTx& tx, const std::string& source) {
  auto statement = TRY(tx.database().prepare(
      "SELECT count(*) FROM data_pack_uploads WHERE complete = 0 AND file_set IN"
      " (SELECT id FROM data_pack_file_sets WHERE source = ?)"));
  return count_of(statement.with(source));
}

Result<std::vector<FileUpload>> expired_uploads(const ReadTx& tx, Timestamp now) {
  auto statement = TRY(tx.database().prepare(uploads_where("complete = 0 AND expires_at <= ?")));
  return all_rows<FileUpload>(statement.with(now), read_upload);
}

Result<> put_file_upload(WriteTx& tx, const FileUpload& upload) {
  auto statement =
      TRY(tx.database().prepare("INSERT OR REPLACE INTO data_pack_uploads (" +
                                std::string(kUploadColumns) + ") VALUES (?,?,?,?,?,?,?,?,?,?)"));
  return statement
      .with(upload.id.str(), upload.set.str(), upload.name, upload.bytes, upload.received,
            upload.sha256_wanted, upload.sha256, upload.complete, upload.created_at,
            upload.expires_at)
      .run();
}

Result<> remove_file_upload(WriteTx& tx, const Uuid& id) {
  auto statement = TRY(tx.database().prepare("DELETE FROM data_pack_uploads WHERE id = ?"));
  return statement.with(id.str()).run();
}

}  // namespace trailkeeper::settings
