#pragma once

#include <array>

#include "db/database.h"

namespace trailkeeper::ledger {

// Rows of one log stand together: the key of a chunk, bundle or tile begins with the log's number
// (keys.h).
inline constexpr std::array<db::Migration, 3> kMigrations{{{1, R"sql(
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
)sql"},
                                                           {2, R"sql(
-- Logs that were closed because an older backup was restored; note: the last checkpoint, or nothing.
CREATE TABLE old_logs (
  org TEXT NOT NULL, epoch INTEGER NOT NULL, name TEXT NOT NULL, origin TEXT NOT NULL,
  note TEXT NOT NULL, closed_at INTEGER NOT NULL,
  PRIMARY KEY (org, epoch)
) STRICT, WITHOUT ROWID;

-- Signature lines of witnesses under the note.
ALTER TABLE checkpoints ADD COLUMN cosignatures TEXT NOT NULL DEFAULT '';
-- Up to where the witness has signed each log.
CREATE TABLE witnessed (log INTEGER PRIMARY KEY, size INTEGER NOT NULL) STRICT;
)sql"},
                                                           {3, R"sql(
-- They are still served by their names.
CREATE UNIQUE INDEX old_logs_by_name ON old_logs (name);
)sql"}}};

}  // namespace trailkeeper::ledger
