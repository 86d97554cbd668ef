#include "deliveries_import.h"

#include <array>
#include <cstdio>
#include <filesystem>

#include "base/log.h"

namespace trailkeeper::settings {

namespace {

// In the order in which they refer to each other.
constexpr std::array<std::string_view, 5> kTables = {"targets", "destinations", "streams",
                                                     "windows", "objects"};

Result<bool> has_rows(db::Database& database, std::string_view table) {
  auto statement =
      TRY(database.prepare("SELECT EXISTS (SELECT 1 FROM " + std::string(table) + ")"));
  TRY(statement.step());
  return statement.integer(0) != 0;
}

// The old table's own columns: those that came later keep their defaults.
Result<std::string> columns_of(db::Database& database, const std::string& table) {
  auto rows = TRY(database.prepare("SELECT name FROM pragma_table_info('" + table + "', 'old')"));
  std::string columns;
  while (TRY(rows.step())) columns += (columns.empty() ? "" : ", ") + rows.text(0);
  return columns;
}

Result<> copy_tables(db::Database& writer) {
  // Every destination has a target: with one here the copy was made before.
  if (TRY(has_rows(writer, "main.targets"))) return {};
  auto transaction = TRY(db::Transaction::begin(writer));
  for (const std::string_view table : kTables) {
    const std::string name(table);
    const std::string columns = TRY(columns_of(writer, name));
    TRY(writer.execute("INSERT INTO main." + name + " (" + columns + ") SELECT " + columns +
                       " FROM old." + name));
  }
  return transaction.commit();
}

}  // namespace

Result<> import_deliveries(db::Database& writer, const std::string& folder) {
  const std::string path = folder + "/deliveries.db";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return {};
  {
    auto attach = TRY(writer.prepare("ATTACH ? AS old"));
    TRY(attach.with(path).run());
  }
  const auto copied = copy_tables(writer);
  TRY(writer.execute("DETACH old"));
  if (!copied) return copied;
  std::filesystem::rename(path, path + ".imported", error);
  if (error) {
    return Error{ErrorKind::failed, "import",
                 "The deliveries of " + path +
                     " are taken over, but the file cannot be renamed: " + error.message()};
  }
  log::info("the deliveries of an earlier version are taken over", {{"file", path + ".imported"}});
  return {};
}

}  // namespace trailkeeper::settings
