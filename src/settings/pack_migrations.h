#pragma once

#include <string_view>

namespace trailkeeper::settings {

// Where data packs go by SFTP.
inline constexpr std::string_view kSftp = R"sql(
CREATE TABLE sftp_destinations (
  org TEXT PRIMARY KEY REFERENCES orgs (id),
  host TEXT NOT NULL, port INTEGER NOT NULL, user TEXT NOT NULL,
  password TEXT NOT NULL, private_key TEXT NOT NULL, passphrase TEXT NOT NULL,
  path TEXT NOT NULL, host_key TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'active', 'suspended')),
  reason TEXT NOT NULL, detail TEXT NOT NULL, remedy TEXT NOT NULL, checks TEXT NOT NULL,
  checked_at INTEGER, last_success_at INTEGER, updated_at INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

// What both sides of a double delivery hold.
inline constexpr std::string_view kPackComparisons = R"sql(
CREATE TABLE data_pack_comparisons (
  run TEXT PRIMARY KEY REFERENCES data_pack_runs (id),
  org TEXT NOT NULL REFERENCES orgs (id),
  pack TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'equal', 'differs', 'failed')),
  etags TEXT NOT NULL, result TEXT NOT NULL, error TEXT NOT NULL, attempts INTEGER NOT NULL,
  made_at INTEGER NOT NULL, next_attempt_at INTEGER, compared_at INTEGER
) WITHOUT ROWID;
CREATE INDEX data_pack_comparisons_by_org ON data_pack_comparisons (org, pack, made_at);
CREATE INDEX data_pack_comparisons_due ON data_pack_comparisons (run) WHERE state = 'due';
)sql";

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

// What a run brought, as people are shown it.
inline constexpr std::string_view kPackRunsShown = R"sql(
ALTER TABLE data_pack_runs ADD COLUMN set_shown TEXT NOT NULL DEFAULT '';
ALTER TABLE data_pack_runs ADD COLUMN changes TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace trailkeeper::settings
