#pragma once

#include <array>

#include "db/database.h"

namespace trailkeeper::settings {

inline constexpr std::array<db::Migration, 1> kDeliveriesMigrations = {db::Migration{1, R"sql(
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
)sql"}};

}  // namespace trailkeeper::settings
