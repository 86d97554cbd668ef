#include "settings/views.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::string_view kColumns =
    "id, org, owner_id, owner_name, name, shared, query, display, created_at, updated_at";

Result<View> read_view(const db::Statement& row) {
  return View{
      .id = TRY(uuid_at(row, 0)),
      .org = TRY(org_at(row, 1)),
      .owner_id = row.text(2),
      .owner_name = row.text(3),
      .name = row.text(4),
      .shared = row.integer(5) != 0,
      .query = row.text(6),
      .display = row.text(7),
      .created_at = row.time(8),
      .updated_at = row.time(9),
  };
}

std::string select(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM views " + std::string(rest);
}

}  // namespace

Result<std::vector<View>> list_views(const ReadTx& tx, const OrgId& org,
                                     std::string_view owner_id) {
  auto statement = TRY(tx.database().prepare(
      select("WHERE org = ? AND (shared = 1 OR owner_id = ?) ORDER BY name COLLATE NOCASE, id")));
  return all_rows<View>(statement.with(org, owner_id), read_view);
}

Result<std::optional<View>> find_view(const ReadTx& tx, const OrgId& org, const Uuid& id) {
  auto statement = TRY(tx.database().prepare(select("WHERE id = ? AND org = ?")));
  return first_row<View>(statement.with(id.str(), org), read_view);
}

Result<ViewCounts> count_views(const ReadTx& tx, const OrgId& org, std::string_view owner_id) {
  auto all = TRY(tx.database().prepare("SELECT count(*) FROM views WHERE org = ?"));
  auto own =
      TRY(tx.database().prepare("SELECT count(*) FROM views WHERE org = ? AND owner_id = ?"));
  ViewCounts counts;
  counts.of_org = TRY(count_of(all.with(org)));
  counts.of_owner = TRY(count_of(own.with(org, owner_id)));
  return counts;
}

Result<> add_view(WriteTx& tx, const View& view) {
  auto statement = TRY(tx.database().prepare("INSERT INTO views (" + std::string(kColumns) +
                                             ") VALUES (?,?,?,?,?,?,?,?,?,?)"));
  return statement
      .with(view.id.str(), view.org, view.owner_id, view.owner_name, view.name, view.shared,
            view.query, view.display, view.created_at, view.updated_at)
      .run();
}

Result<bool> update_view(WriteTx& tx, const View& view) {
  auto statement = TRY(tx.database().prepare(
      "UPDATE views SET name = ?, shared = ?, query = ?, display = ?, updated_at = ?"
      " WHERE id = ? AND org = ?"));
  TRY(statement
          .with(view.name, view.shared, view.query, view.display, view.updated_at, view.id.str(),
                view.org)
          .run());
  return tx.database().changes() > 0;
}

Result<bool> remove_view(WriteTx& tx, const OrgId& org, const Uuid& id) {
  auto statement = TRY(tx.database().prepare("DELETE FROM views WHERE id = ? AND org = ?"));
  TRY(statement.with(id.str(), org).run());
  return tx.database().changes() > 0;
}

}  // namespace trailkeeper::settings
