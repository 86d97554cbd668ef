#include "sqlite_error.h"

#include <errno.h>
#include <sqlite3.h>

namespace trailkeeper::db {
namespace {

// What kind a failure of the storage is, where the disk may just be full.
Error storage_error(sqlite3* database, int code, std::string message) {
  const int system = sqlite3_system_errno(database);
  const bool full = system == ENOSPC || system == EDQUOT;
  // A failed sync has lost data whatever the reason; before it nothing of the transaction counts.
  if (full && code != SQLITE_IOERR_FSYNC && code != SQLITE_IOERR_DIR_FSYNC) {
    return {ErrorKind::unavailable, "disk_full", std::move(message)};
  }
  return {ErrorKind::fatal, "storage", std::move(message)};
}

}  // namespace

Error error_of(sqlite3* database, int code) {
  std::string message = sqlite3_errmsg(database);
  if (code == SQLITE_CONSTRAINT_COMMITHOOK) {
    return {ErrorKind::fatal, "storage", "An earlier failure of the storage forbids every commit."};
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {ErrorKind::unavailable, "disk_full", std::move(message)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::unavailable, "busy", std::move(message)};
    case SQLITE_NOMEM:
      return {ErrorKind::unavailable, "resources", std::move(message)};
    case SQLITE_CONSTRAINT:
      return {ErrorKind::conflict, "constraint", std::move(message)};
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
    case SQLITE_INTERRUPT:
    case SQLITE_SCHEMA:
      return {ErrorKind::failed, "sql", std::move(message)};
    default:
      return storage_error(database, code, std::move(message));
  }
}

Error fail(sqlite3* database, int code) {
  Error error = error_of(database, code);
  if (error.kind == ErrorKind::fatal) {
    // A hook that answers non-zero turns COMMIT into ROLLBACK.
    sqlite3_commit_hook(
        database, [](void*) { return 1; }, nullptr);
  }
  return error;
}

}  // namespace trailkeeper::db
