#include "migrations.h"

#include <array>

#include "delivery_migrations.h"
#include "pack_migrations.h"

namespace trailkeeper::settings {

namespace {

constexpr std::string_view kFirst = R"sql(
CREATE TABLE orgs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  audit_logs INTEGER NOT NULL,
  data_packs INTEGER NOT NULL,
  s3 INTEGER NOT NULL,
  viewing_window_days INTEGER NOT NULL CHECK (viewing_window_days >= 1),
  retention_days INTEGER NOT NULL CHECK (retention_days >= 1),
  link_hours INTEGER NOT NULL CHECK (link_hours >= 1),
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE people (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  is_operator INTEGER NOT NULL,
  disabled INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE memberships (
  person TEXT NOT NULL REFERENCES people (id),
  org TEXT NOT NULL REFERENCES orgs (id),
  role TEXT NOT NULL CHECK (role IN ('primary_admin', 'admin', 'member')),
  PRIMARY KEY (org, person)
) WITHOUT ROWID;
CREATE INDEX memberships_by_person ON memberships (person, org);

CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  id TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES people (id),
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_person ON sessions (person);

CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  application TEXT NOT NULL,
  org TEXT REFERENCES orgs (id),
  may_ingest INTEGER NOT NULL,
  may_read INTEGER NOT NULL,
  may_manage INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  revoked_at INTEGER
) WITHOUT ROWID;

CREATE TABLE exports (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES orgs (id),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'ready', 'expired', 'failed', 'cancelled')),
  format TEXT NOT NULL,
  from_time INTEGER,
  to_time INTEGER,
  filter TEXT NOT NULL,
  visible_from INTEGER,
  last_seq INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  rows_total INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  requester_id TEXT NOT NULL,
  requester_name TEXT NOT NULL,
  requester_email TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ready_at INTEGER,
  expires_at INTEGER,
  error TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX exports_by_org ON exports (org, id);
CREATE INDEX exports_by_state ON exports (state, id);

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org TEXT NOT NULL,
  external_id TEXT NOT NULL UNIQUE,
  event TEXT NOT NULL
);

CREATE TABLE mails (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL
);
CREATE INDEX mails_by_time ON mails (next_attempt_at, id);

CREATE TABLE time_floor (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  micros INTEGER NOT NULL
);
)sql";

constexpr std::string_view kKeysAndLimits = R"sql(
ALTER TABLE keys ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN otlp_mapping TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN replaced_by TEXT;
ALTER TABLE keys ADD COLUMN limit_events INTEGER;
ALTER TABLE keys ADD COLUMN limit_bytes INTEGER;
ALTER TABLE keys ADD COLUMN limit_requests INTEGER;
ALTER TABLE keys ADD COLUMN limit_burst INTEGER;
CREATE INDEX keys_by_org ON keys (org, id);

ALTER TABLE orgs ADD COLUMN limit_events INTEGER;
ALTER TABLE orgs ADD COLUMN limit_bytes INTEGER;
ALTER TABLE orgs ADD COLUMN limit_requests INTEGER;
ALTER TABLE orgs ADD COLUMN limit_burst INTEGER;
)sql";

constexpr std::string_view kActions = R"sql(
CREATE TABLE actions (
  action TEXT PRIMARY KEY,
  label TEXT,
  area TEXT,
  category TEXT,
  crud TEXT,
  description TEXT NOT NULL,
  enforce TEXT NOT NULL CHECK (enforce IN ('off', 'warn', 'reject')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  removed INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE action_schemas (
  action TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  schema TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (action, version)
) WITHOUT ROWID;

CREATE TABLE masking (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  rules TEXT NOT NULL
);

CREATE TABLE export_links (
  token_hash BLOB PRIMARY KEY,
  org TEXT NOT NULL,
  export TEXT NOT NULL,
  key TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX export_links_by_expiry ON export_links (expires_at);
)sql";

constexpr std::string_view kDeliveries = R"sql(
CREATE TABLE targets (
  id INTEGER PRIMARY KEY,
  bucket TEXT NOT NULL, region TEXT NOT NULL, endpoint TEXT NOT NULL, account_id TEXT NOT NULL,
  path TEXT NOT NULL, role_arn TEXT NOT NULL, path_style INTEGER NOT NULL);

CREATE TABLE destinations (
  org TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL,
  reason_code TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', remedy TEXT NOT NULL DEFAULT '',
  session_name TEXT NOT NULL UNIQUE, external_id TEXT NOT NULL,
  shown INTEGER NOT NULL REFERENCES targets(id), active INTEGER REFERENCES targets(id),
  frequency TEXT NOT NULL, frequency_before TEXT NOT NULL, change_at INTEGER,
  validated_at INTEGER, checks TEXT NOT NULL DEFAULT '', etag_is_md5 INTEGER NOT NULL DEFAULT 1,
  failures INTEGER NOT NULL DEFAULT 0, next_attempt_at INTEGER, last_success_at INTEGER, created_at INTEGER NOT NULL,
  PRIMARY KEY (org, id));

CREATE TABLE streams (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org TEXT NOT NULL, destination TEXT NOT NULL, number INTEGER NOT NULL, reason TEXT NOT NULL,
  target INTEGER NOT NULL REFERENCES targets(id),
  opened_at INTEGER NOT NULL, start INTEGER NOT NULL, first_seq INTEGER, ended INTEGER NOT NULL DEFAULT 0, uncertain INTEGER NOT NULL DEFAULT 0,
  previous_manifest_key TEXT NOT NULL DEFAULT '', previous_manifest_sha256 TEXT NOT NULL DEFAULT '',
  UNIQUE (org, number));
CREATE UNIQUE INDEX streams_open ON streams (org, destination) WHERE ended = 0;

CREATE TABLE windows (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stream INTEGER NOT NULL REFERENCES streams(id), number INTEGER NOT NULL,
  start INTEGER NOT NULL, end INTEGER NOT NULL, due INTEGER NOT NULL,
  first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, position INTEGER NOT NULL,
  state INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0, manifest_sha256 TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0, first_try_at INTEGER, delivered_at INTEGER, duration_ms INTEGER NOT NULL DEFAULT 0,
  request_id TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', remedy TEXT NOT NULL DEFAULT '',
  UNIQUE (stream, number), CHECK (last_seq >= first_seq - 1));
CREATE INDEX windows_open ON windows (stream, number) WHERE state < 2;

CREATE TABLE objects (
  window INTEGER NOT NULL REFERENCES windows(id), ordinal INTEGER NOT NULL,
  key TEXT NOT NULL, file TEXT NOT NULL, bytes INTEGER NOT NULL, rows INTEGER NOT NULL,
  sha256 BLOB NOT NULL, md5 BLOB NOT NULL, manifest INTEGER NOT NULL, confirmed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (window, ordinal));
)sql";

constexpr std::string_view kLooks = R"sql(
CREATE TABLE looks (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES orgs (id),
  person TEXT NOT NULL,
  session_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

constexpr std::string_view kPeople = R"sql(
CREATE TABLE sessions_now (
  token_hash BLOB PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  person TEXT REFERENCES people (id),
  method TEXT NOT NULL,
  org TEXT REFERENCES orgs (id),
  guest_id TEXT, guest_name TEXT, guest_email TEXT,
  intent TEXT NOT NULL, return_url TEXT NOT NULL,
  ip TEXT NOT NULL, user_agent TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  CHECK ((person IS NULL) = (guest_id IS NOT NULL)),
  CHECK (guest_id IS NULL OR org IS NOT NULL)
) WITHOUT ROWID;
INSERT INTO sessions_now (token_hash, id, person, method, intent, return_url, ip, user_agent, created_at, last_seen_at, expires_at)
  SELECT token_hash, id, person, 'password', '', '', '', '', created_at, last_seen_at, expires_at FROM sessions;
DROP TABLE sessions;
ALTER TABLE sessions_now RENAME TO sessions;
CREATE INDEX sessions_by_person ON sessions (person);

CREATE TABLE devices (
  token_hash BLOB PRIMARY KEY,
  person TEXT NOT NULL REFERENCES people (id),
  last_seen_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX devices_by_person ON devices (person, last_seen_at);

CREATE TABLE second_factors (
  person TEXT PRIMARY KEY REFERENCES people (id),
  secret TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  confirmed_at INTEGER,
  last_step INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE recovery_codes (
  person TEXT NOT NULL REFERENCES people (id),
  hash BLOB NOT NULL,
  PRIMARY KEY (person, hash)
) WITHOUT ROWID;

CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES orgs (id),
  email TEXT NOT NULL, email_folded TEXT NOT NULL, name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('primary_admin', 'admin', 'member')),
  token_hash BLOB NOT NULL UNIQUE,
  invited_by TEXT NOT NULL,
  created_at INTEGER NOT NULL, sent_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  UNIQUE (org, email_folded)
) WITHOUT ROWID;

CREATE TABLE password_resets (
  person TEXT PRIMARY KEY REFERENCES people (id),
  token_hash BLOB NOT NULL UNIQUE,
  expires_at INTEGER NOT NULL,
  hour INTEGER NOT NULL, mails INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE portal_links (
  token_hash BLOB PRIMARY KEY,
  id TEXT NOT NULL,
  org TEXT NOT NULL REFERENCES orgs (id),
  guest_id TEXT NOT NULL, guest_name TEXT NOT NULL, guest_email TEXT NOT NULL,
  intent TEXT NOT NULL, return_url TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE org_sign_in (
  org TEXT PRIMARY KEY REFERENCES orgs (id),
  issuer TEXT NOT NULL, client_id TEXT NOT NULL, client_secret TEXT NOT NULL,
  default_role TEXT NOT NULL CHECK (default_role IN ('primary_admin', 'admin', 'member')),
  required INTEGER NOT NULL,
  last_sign_in_at INTEGER
) WITHOUT ROWID;

CREATE TABLE org_domains (
  domain TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES orgs (id)
) WITHOUT ROWID;
CREATE INDEX org_domains_by_org ON org_domains (org);

CREATE TABLE identities (
  org TEXT NOT NULL REFERENCES orgs (id),
  issuer TEXT NOT NULL, subject TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES people (id),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (org, issuer, subject)
) WITHOUT ROWID;
)sql";

constexpr std::string_view kDeliveryChoices = R"sql(
ALTER TABLE targets ADD COLUMN encryption TEXT NOT NULL DEFAULT '';
ALTER TABLE targets ADD COLUMN kms_key TEXT NOT NULL DEFAULT '';

CREATE TABLE shapes (
  id INTEGER PRIMARY KEY,
  form TEXT NOT NULL, compression TEXT NOT NULL, filter TEXT NOT NULL,
  UNIQUE (form, compression, filter));
INSERT INTO shapes (id, form, compression, filter) VALUES (1, 'jsonl', 'gzip', '');

ALTER TABLE destinations ADD COLUMN shape INTEGER NOT NULL DEFAULT 1;
ALTER TABLE destinations ADD COLUMN shape_before INTEGER NOT NULL DEFAULT 1;
ALTER TABLE destinations ADD COLUMN send_acl INTEGER NOT NULL DEFAULT 1;
ALTER TABLE destinations ADD COLUMN failed_since INTEGER;
ALTER TABLE destinations ADD COLUMN mailed_at INTEGER;
ALTER TABLE destinations ADD COLUMN told_stopped INTEGER NOT NULL DEFAULT 0;

ALTER TABLE streams ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE streams ADD COLUMN until INTEGER;
ALTER TABLE streams ADD COLUMN complete INTEGER NOT NULL DEFAULT 0;
DROP INDEX streams_open;
CREATE UNIQUE INDEX streams_open ON streams (org, destination) WHERE ended = 0 AND kind = 0;

ALTER TABLE windows ADD COLUMN shape INTEGER NOT NULL DEFAULT 1;
)sql";

constexpr std::string_view kViews = R"sql(
CREATE TABLE views (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES orgs (id),
  owner_id TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  name TEXT NOT NULL,
  shared INTEGER NOT NULL,
  query TEXT NOT NULL,
  display TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX views_by_org ON views (org, owner_id);
)sql";

constexpr std::string_view kParts = R"sql(
CREATE TABLE parts (name TEXT PRIMARY KEY) WITHOUT ROWID;
)sql";

constexpr std::string_view kCritical = R"sql(
ALTER TABLE actions ADD COLUMN critical INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr std::string_view kDataPacks = R"sql(
CREATE TABLE data_sources (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, database TEXT NOT NULL,
  user TEXT NOT NULL, password TEXT NOT NULL, tls TEXT NOT NULL, ca TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE data_packs (
  id TEXT PRIMARY KEY,
  draft TEXT NOT NULL, source TEXT NOT NULL, ended INTEGER NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE data_pack_versions (
  pack TEXT NOT NULL REFERENCES data_packs (id),
  version INTEGER NOT NULL CHECK (version >= 1),
  definition TEXT NOT NULL, columns TEXT NOT NULL,
  released_at INTEGER NOT NULL, ends_at INTEGER,
  PRIMARY KEY (pack, version)
) WITHOUT ROWID;

CREATE TABLE org_data_packs (
  org TEXT NOT NULL REFERENCES orgs (id),
  pack TEXT NOT NULL REFERENCES data_packs (id),
  enabled_at INTEGER NOT NULL,
  PRIMARY KEY (org, pack)
) WITHOUT ROWID;

CREATE TABLE data_pack_series (
  org TEXT NOT NULL REFERENCES orgs (id),
  pack TEXT NOT NULL REFERENCES data_packs (id),
  version INTEGER NOT NULL,
  planned_until INTEGER NOT NULL, high_water TEXT NOT NULL,
  PRIMARY KEY (org, pack, version)
) WITHOUT ROWID;

CREATE TABLE data_pack_runs (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES orgs (id),
  pack TEXT NOT NULL REFERENCES data_packs (id),
  version INTEGER NOT NULL,
  kind TEXT NOT NULL, state TEXT NOT NULL,
  interval_start INTEGER NOT NULL, interval_end INTEGER NOT NULL,
  replaces TEXT NOT NULL,
  due_at INTEGER NOT NULL, next_attempt_at INTEGER, attempts INTEGER NOT NULL,
  error TEXT NOT NULL, remedy TEXT NOT NULL, requested_by TEXT NOT NULL,
  hold TEXT NOT NULL, size_confirmed INTEGER NOT NULL,
  rows INTEGER NOT NULL, bytes INTEGER NOT NULL, nulls TEXT NOT NULL, columns TEXT NOT NULL,
  high_water TEXT NOT NULL, manifest_sha256 TEXT NOT NULL, previous_run TEXT NOT NULL,
  started_at INTEGER, snapshot_at INTEGER, staged_at INTEGER, finished_at INTEGER
) WITHOUT ROWID;
CREATE INDEX data_pack_runs_by_pack ON data_pack_runs (org, pack, id);
CREATE INDEX data_pack_runs_open ON data_pack_runs (org, pack, version, id)
  WHERE state IN ('due', 'extracting', 'staged', 'delivering', 'held');
CREATE UNIQUE INDEX data_pack_runs_once
  ON data_pack_runs (org, pack, version, interval_start, interval_end)
  WHERE kind = 'scheduled';

CREATE TABLE data_pack_files (
  run TEXT NOT NULL REFERENCES data_pack_runs (id),
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL, bytes INTEGER NOT NULL, rows INTEGER NOT NULL,
  sha256 BLOB NOT NULL, md5 BLOB NOT NULL, manifest INTEGER NOT NULL,
  PRIMARY KEY (run, ordinal)
) WITHOUT ROWID;

CREATE TABLE data_pack_deliveries (
  run TEXT NOT NULL REFERENCES data_pack_runs (id),
  sink TEXT NOT NULL CHECK (sink IN ('s3', 'sftp')),
  location TEXT NOT NULL, place TEXT NOT NULL, state TEXT NOT NULL,
  files_done INTEGER NOT NULL, manifest_begun INTEGER NOT NULL, attempts INTEGER NOT NULL,
  error TEXT NOT NULL, remedy TEXT NOT NULL, request_id TEXT NOT NULL,
  first_try_at INTEGER, next_attempt_at INTEGER, delivered_at INTEGER,
  PRIMARY KEY (run, sink)
) WITHOUT ROWID;

CREATE TABLE data_pack_destinations (
  org TEXT PRIMARY KEY REFERENCES orgs (id),
  s3_destination TEXT NOT NULL, s3_path TEXT NOT NULL,
  keep_sftp INTEGER NOT NULL, compare_until INTEGER
) WITHOUT ROWID;

CREATE TABLE data_pack_troubles (
  org TEXT NOT NULL REFERENCES orgs (id),
  sink TEXT NOT NULL,
  told_at INTEGER NOT NULL,
  PRIMARY KEY (org, sink)
) WITHOUT ROWID;
)sql";

constexpr std::string_view kLastSignIns = R"sql(
ALTER TABLE people ADD COLUMN last_sign_in_at INTEGER;
ALTER TABLE memberships ADD COLUMN last_sign_in_at INTEGER;
)sql";

constexpr std::array kMigrations{
    db::Migration{1, kFirst},           db::Migration{2, kKeysAndLimits},
    db::Migration{3, kActions},         db::Migration{4, kDeliveries},
    db::Migration{5, kLooks},           db::Migration{6, kPeople},
    db::Migration{7, kDeliveryChoices}, db::Migration{8, kViews},
    db::Migration{9, kParts},           db::Migration{10, kCritical},
    db::Migration{11, kDataPacks},      db::Migration{12, kDeliveryProofs},
    db::Migration{13, kSftp},           db::Migration{14, kPackComparisons},
    db::Migration{15, kPackFiles},      db::Migration{16, kLastSignIns},
    db::Migration{17, kPackRunsShown},
};

}  // namespace

std::span<const db::Migration> migrations() { return kMigrations; }

}  // namespace trailkeeper::settings
