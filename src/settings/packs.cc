#include "settings/packs.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::string_view kSourceColumns =
    "id, type, host, port, database, user, password, tls, ca, created_at, updated_at";
constexpr std::string_view kPackColumns = "id, draft, source, ended, created_at, updated_at";
constexpr std::string_view kVersionColumns =
    "pack, version, definition, columns, released_at, ends_at";

std::string select(std::string_view columns, std::string_view table, std::string_view rest) {
  return "SELECT " + std::string(columns) + " FROM " + std::string(table) + " " + std::string(rest);
}

Result<DataSource> read_source(const db::Statement& row) {
  return DataSource{.id = row.text(0),
                    .type = row.text(1),
                    .host = row.text(2),
                    .port = static_cast<int>(row.integer(3)),
                    .database = row.text(4),
                    .user = row.text(5),
                    .password = row.text(6),
                    .tls = row.text(7),
                    .ca = row.text(8),
                    .created_at = row.time(9),
                    .updated_at = row.time(10)};
}

Result<DataPack> read_pack(const db::Statement& row) {
  return DataPack{.id = row.text(0),
                  .draft = row.text(1),
                  .source = row.text(2),
                  .ended = row.integer(3) != 0,
                  .created_at = row.time(4),
                  .updated_at = row.time(5)};
}

Result<DataPackVersion> read_version(const db::Statement& row) {
  return DataPackVersion{.pack = row.text(0),
                         .version = static_cast<int>(row.integer(1)),
                         .definition = row.text(2),
                         .columns = row.text(3),
                         .released_at = row.time(4),
                         .ends_at = row.optional_time(5)};
}

Result<OrgDataPack> read_org_pack(const db::Statement& row) {
  return OrgDataPack{.org = TRY(org_at(row, 0)), .pack = row.text(1), .enabled_at = row.time(2)};
}

}  // namespace

Result<std::optional<DataSource>> find_data_source(const ReadTx& tx, const std::string& id) {
  auto statement =
      TRY(tx.database().prepare(select(kSourceColumns, "data_sources", "WHERE id = ?")));
  return first_row<DataSource>(statement.with(id), read_source);
}

Result<std::vector<DataSource>> list_data_sources(const ReadTx& tx) {
  auto statement =
      TRY(tx.database().prepare(select(kSourceColumns, "data_sources", "ORDER BY id")));
  return all_rows<DataSource>(statement, read_source);
}

Result<> put_data_source(WriteTx& tx, const DataSource& source) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO data_sources (" + std::string(kSourceColumns) +
      ") VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET type=excluded.type,"
      " host=excluded.host, port=excluded.port, database=excluded.database, user=excluded.user,"
      " password=excluded.password, tls=excluded.tls, ca=excluded.ca,"
      " updated_at=excluded.updated_at"));
  return statement
      .with(source.id, source.type, source.host, source.port, source.database, source.user,
            source.password, source.tls, source.ca, source.created_at, source.updated_at)
      .run();
}

Result<> remove_data_source(WriteTx& tx, const std::string& id) {
  auto statement = TRY(tx.database().prepare("DELETE FROM data_sources WHERE id = ?"));
  return statement.with(id).run();
}

Result<std::optional<DataPack>> find_data_pack(const ReadTx& tx, const std::string& id) {
  auto statement = TRY(tx.database().prepare(select(kPackColumns, "data_packs", "WHERE id = ?")));
  return first_row<DataPack>(statement.with(id), read_pack);
}

Result<std::vector<DataPack>> list_data_packs(const ReadTx& tx) {
  auto statement = TRY(tx.database().prepare(select(kPackColumns, "data_packs", "ORDER BY id")));
  return all_rows<DataPack>(statement, read_pack);
}

Result<> put_data_pack(WriteTx& tx, const DataPack& pack) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO data_packs (" + std::string(kPackColumns) +
      ") VALUES (?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET draft=excluded.draft,"
      " source=excluded.source, ended=excluded.ended, updated_at=excluded.updated_at"));
  return statement
      .with(pack.id, pack.draft, pack.source, pack.ended, pack.created_at, pack.updated_at)
      .run();
}

Result<std::vector<DataPackVersion>> data_pack_versions(const ReadTx& tx, const std::string& pack) {
  auto statement = TRY(tx.database().prepare(
      select(kVersionColumns, "data_pack_versions", "WHERE pack = ? ORDER BY version DESC")));
  return all_rows<DataPackVersion>(statement.with(pack), read_version);
}

Result<std::optional<DataPackVersion>> find_data_pack_version(const ReadTx& tx,
                                                              const std::string& pack,
                                                              int version) {
  auto statement = TRY(tx.database().prepare(
      select(kVersionColumns, "data_pack_versions", "WHERE pack = ? AND version = ?")));
  return first_row<DataPackVersion>(statement.with(pack, version), read_version);
}

Result<> put_data_pack_version(WriteTx& tx, const DataPackVersion& version) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO data_pack_versions (" + std::string(kVersionColumns) +
      ") VALUES (?,?,?,?,?,?) ON CONFLICT (pack, version) DO UPDATE SET"
      " definition=excluded.definition, columns=excluded.columns, ends_at=excluded.ends_at"));
  return statement
      .with(version.pack, version.version, version.definition, version.columns, version.released_at,
            version.ends_at)
      .run();
}

Result<std::vector<OrgDataPack>> org_data_packs(const ReadTx& tx, const OrgId& org) {
  auto statement = TRY(tx.database().prepare(
      "SELECT org, pack, enabled_at FROM org_data_packs WHERE org = ? ORDER BY pack"));
  return all_rows<OrgDataPack>(statement.with(org), read_org_pack);
}

Result<std::vector<OrgDataPack>> data_pack_orgs(const ReadTx& tx, const std::string& pack) {
  auto statement = TRY(tx.database().prepare(
      "SELECT org, pack, enabled_at FROM org_data_packs WHERE pack = ? ORDER BY org"));
  return all_rows<OrgDataPack>(statement.with(pack), read_org_pack);
}

Result<std::vector<OrgDataPack>> all_org_data_packs(const ReadTx& tx) {
  auto statement = TRY(
      tx.database().prepare("SELECT org, pack, enabled_at FROM org_data_packs ORDER BY org, pack"));
  return all_rows<OrgDataPack>(statement, read_org_pack);
}

Result<bool> has_data_pack(const ReadTx& tx, const OrgId& org, const std::string& pack) {
  auto statement =
      TRY(tx.database().prepare("SELECT count(*) FROM org_data_packs WHERE org = ? AND pack = ?"));
  return TRY(count_of(statement.with(org, pack))) > 0;
}

Result<> add_org_data_pack(WriteTx& tx, const OrgDataPack& pack) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO org_data_packs (org, pack, enabled_at) VALUES (?,?,?) ON CONFLICT DO NOTHING"));
  return statement.with(pack.org, pack.pack, pack.enabled_at).run();
}

Result<> remove_org_data_pack(WriteTx& tx, const OrgId& org, const std::string& pack) {
  for (const char* table : {"org_data_packs", "data_pack_series"}) {
    auto statement = TRY(
        tx.database().prepare("DELETE FROM " + std::string(table) + " WHERE org = ? AND pack = ?"));
    TRY(statement.with(org, pack).run());
  }
  return {};
}

Result<std::optional<DataPackSeries>> find_data_pack_series(const ReadTx& tx, const OrgId& org,
                                                            const std::string& pack, int version) {
  auto statement = TRY(tx.database().prepare(
      "SELECT planned_until, high_water FROM data_pack_series WHERE org = ? AND pack = ? AND"
      " version = ?"));
  const auto read = [&](const db::Statement& row) -> Result<DataPackSeries> {
    return DataPackSeries{.org = org,
                          .pack = pack,
                          .version = version,
                          .planned_until = row.time(0),
                          .high_water = row.text(1)};
  };
  return first_row<DataPackSeries>(statement.with(org, pack, version), read);
}

Result<> put_data_pack_series(WriteTx& tx, const DataPackSeries& series) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO data_pack_series (org, pack, version, planned_until, high_water)"
      " VALUES (?,?,?,?,?) ON CONFLICT (org, pack, version) DO UPDATE SET"
      " planned_until=excluded.planned_until, high_water=excluded.high_water"));
  return statement
      .with(series.org, series.pack, series.version, series.planned_until, series.high_water)
      .run();
}

Result<DataPackDestination> data_pack_destination(const ReadTx& tx, const OrgId& org) {
  auto statement = TRY(tx.database().prepare(
      "SELECT s3_destination, s3_path, keep_sftp, compare_until FROM data_pack_destinations"
      " WHERE org = ?"));
  DataPackDestination destination{.org = org};
  if (!TRY(statement.with(org).step())) return destination;
  destination.s3_destination = statement.text(0);
  destination.s3_path = statement.text(1);
  destination.keep_sftp = statement.integer(2) != 0;
  destination.compare_until = statement.optional_time(3);
  return destination;
}

Result<> put_data_pack_destination(WriteTx& tx, const DataPackDestination& destination) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO data_pack_destinations (org, s3_destination, s3_path, keep_sftp, compare_until)"
      " VALUES (?,?,?,?,?) ON CONFLICT (org) DO UPDATE SET s3_destination=excluded.s3_destination,"
      " s3_path=excluded.s3_path, keep_sftp=excluded.keep_sftp,"
      " compare_until=excluded.compare_until"));
  return statement
      .with(destination.org, destination.s3_destination, destination.s3_path, destination.keep_sftp,
            destination.compare_until)
      .run();
}

}  // namespace trailkeeper::settings
