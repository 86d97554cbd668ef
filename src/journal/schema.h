#pragma once

#include <array>

#include "db/database.h"

namespace trailkeeper::journal {

// Chunks themselves lie in tables segment_<number>, made and dropped as whole ones (segments.h).
inline constexpr std::array<db::Migration, 2> kMigrations{{{1, R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- An organization's counters as of the newest segment's start or its last cut; what chunks say on top of it counts.
CREATE TABLE orgs (
  org TEXT PRIMARY KEY, next_seq INTEGER NOT NULL, last_received INTEGER NOT NULL, floor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cuts (
  org TEXT NOT NULL, end INTEGER NOT NULL, last_seq INTEGER NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (org, end)
) STRICT, WITHOUT ROWID;

CREATE TABLE segments (number INTEGER PRIMARY KEY, first INTEGER NOT NULL) STRICT;

-- state: 0 frozen, 1 stored, 2 read back. The newest one that was read back stays.
CREATE TABLE batches (
  number INTEGER PRIMARY KEY, first INTEGER NOT NULL, end INTEGER NOT NULL, bytes INTEGER NOT NULL,
  attempt INTEGER NOT NULL, state INTEGER NOT NULL
) STRICT;

CREATE TABLE request_keys (
  key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, expires INTEGER NOT NULL, answer BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX request_keys_by_expiry ON request_keys (expires);

CREATE TABLE external_ids (
  key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, expires INTEGER NOT NULL, receipt BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX external_ids_by_expiry ON external_ids (expires);
)sql"},
                                                           {2, R"sql(
-- External ids on their way to their table (recent_ids.h), a row for each transaction.
CREATE TABLE recent_ids (number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
)sql"}}};

}  // namespace trailkeeper::journal
