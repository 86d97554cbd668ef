#pragma once

#include "base/result.h"

struct sqlite3;

namespace trailkeeper::db {

// The connection's last failure, `code` an extended result code, in the terms of db/database.h.
Error error_of(sqlite3* database, int code);

// The same; after a fatal one the connection refuses every further commit.
Error fail(sqlite3* database, int code);

}  // namespace trailkeeper::db
