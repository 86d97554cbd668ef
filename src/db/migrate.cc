#include <string>

#include "db/database.h"

namespace trailkeeper::db {
namespace {

Result<int> stored_version(Database& database) {
  Statement statement = TRY(database.prepare("PRAGMA user_version"));
  TRY(statement.step());
  return static_cast<int>(statement.integer(0));
}

}  // namespace

Result<> migrate(Database& database, std::span<const Migration> migrations) {
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].version != static_cast<int>(i) + 1) {
      return Error{ErrorKind::fatal, "migrations", "Migrations must be numbered 1, 2, 3 ..."};
    }
  }
  const auto last = static_cast<int>(migrations.size());
  const int stored = TRY(stored_version(database));
  if (stored > last) {
    return Error{ErrorKind::failed, "newer_data",
                 "The data was written by a newer version of this program (schema " +
                     std::to_string(stored) + ", known up to " + std::to_string(last) + ")."};
  }
  for (const Migration& migration : migrations.subspan(static_cast<std::size_t>(stored))) {
    Transaction transaction = TRY(Transaction::begin(database));
    TRY(database.execute(migration.sql));
    TRY(database.execute("PRAGMA user_version=" + std::to_string(migration.version)));
    TRY(transaction.commit());
  }
  return {};
}

}  // namespace trailkeeper::db
