#pragma once

#include <string_view>

namespace trailkeeper::settings {

// Files that the vendor brings for data packs.
inline constexpr std::string_view kPackFiles = R"sql(
CREATE TABLE data_pack_file_sets (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL, org TEXT NOT NULL REFERENCES orgs (id),
  name TEXT NOT NULL, interval_start INTEGER,
  revision INTEGER NOT NULL, files_expected INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'complete', 'gone')),
  planned INTEGER NOT NULL, origin TEXT NOT NULL,
  created_at INTEGER NOT NULL, completed_at INTEGER,
  UNIQUE (source, org, name, revision)
) WITHOUT ROWID;
CREATE INDEX data_pack_file_sets_planned ON data_pack_file_sets (id)
  WHERE state = 'complete' AND planned = 0;
CREATE TABLE data_pack_uploads (
  id TEXT PRIMARY KEY,
  file_set TEXT NOT NULL REFERENCES data_pack_file_sets (id),
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL, received INTEGER NOT NULL,
  sha256_wanted TEXT NOT NULL, sha256 TEXT NOT NULL, complete INTEGER NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  UNIQUE (file_set, name)
) WITHOUT ROWID;
ALTER TABLE data_pack_runs ADD COLUMN file_set TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace trailkeeper::settings
