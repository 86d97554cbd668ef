#pragma once

#include <string_view>

namespace trailkeeper::settings {

// windows.epoch: of the log that signed its manifest; 0 when none did. windows.presence: what the
// last look into the bucket found (Presence). stream_floors: numbers that a bucket has seen and
// this database has not.
inline constexpr std::string_view kDeliveryProofs = R"sql(
ALTER TABLE windows ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE windows ADD COLUMN presence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE windows ADD COLUMN looked_at INTEGER;
CREATE INDEX windows_by_manifest ON windows (manifest_sha256) WHERE manifest_sha256 <> '';
ALTER TABLE destinations ADD COLUMN compared_at INTEGER;

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  window INTEGER NOT NULL REFERENCES windows(id),
  at INTEGER NOT NULL, duration_ms INTEGER NOT NULL, delivered INTEGER NOT NULL,
  request_id TEXT NOT NULL, code TEXT NOT NULL, error TEXT NOT NULL, remedy TEXT NOT NULL);
CREATE INDEX attempts_by_window ON attempts (window, id);

CREATE TABLE stopped_logs (
  org TEXT PRIMARY KEY, epoch INTEGER NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL,
  remedy TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE stream_floors (org TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
)sql";

}  // namespace trailkeeper::settings
