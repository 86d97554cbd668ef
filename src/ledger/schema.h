#pragma once

#include <array>

#include "db/database.h"

namespace trailkeeper::ledger {

// Rows of one log stand together: the key of a chunk, bundle or tile begins with the log's number
// (keys.h).
inline constexpr std::array<db::Migration, 1> kMigrations{{{1, R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Up to where of the journal everything is in.
CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL) STRICT;
INSERT INTO progress (one, position) VALUES (1, 0);

-- tree: the compact range of `size`, its hashes one after the other.
CREATE TABLE logs (
  number INTEGER PRIMARY KEY, org TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, origin TEXT NOT NULL,
  epoch INTEGER NOT NULL, size INTEGER NOT NULL, tree BLOB NOT NULL, opened_at INTEGER NOT NULL
) STRICT;

CREATE TABLE checkpoints (
  log INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL, signed_at INTEGER NOT NULL
) STRICT;

-- Entries of the last bundle, which is not full yet, as they came.
CREATE TABLE chunks (place INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
-- Full bundles of 256 entries.
CREATE TABLE bundles (place INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
-- Tiles of level 1 and above, as far as they have grown. Level 0 follows from the bundles.
CREATE TABLE tiles (level INTEGER NOT NULL, place INTEGER NOT NULL, hashes BLOB NOT NULL,
  PRIMARY KEY (level, place)) STRICT;
)sql"}}};

}  // namespace trailkeeper::ledger
