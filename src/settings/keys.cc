#include "settings/keys.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::string_view kColumns =
    "id, hash, hint, application, org, may_ingest, may_read, may_manage, created_at, expires_at, "
    "last_used_at, revoked_at, name, otlp_mapping, replaced_by, limit_events, limit_bytes, "
    "limit_requests, limit_burst";

Result<Key> read_key(const db::Statement& row) {
  Key key{
      .id = TRY(uuid_at(row, 0)),
      .hash = TRY(digest_at(row, 1)),
      .hint = row.text(2),
      .application = row.text(3),
      .scopes = {.ingest = row.integer(5) != 0,
                 .read = row.integer(6) != 0,
                 .manage = row.integer(7) != 0},
      .created_at = row.time(8),
      .expires_at = row.optional_time(9),
      .last_used_at = row.optional_time(10),
      .revoked_at = row.optional_time(11),
      .name = row.text(12),
      .otlp_mapping = row.text(13),
      .limits = limits_at(row, 15),
  };
  if (!row.is_null(4)) key.org = TRY(org_at(row, 4));
  if (!row.is_null(14)) key.replaced_by = TRY(uuid_at(row, 14));
  return key;
}

std::string select(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM keys " + std::string(rest);
}

}  // namespace

Result<std::optional<Key>> find_key_by_hash(const ReadTx& tx, const Sha256Digest& hash) {
  auto statement = TRY(tx.database().prepare(select("WHERE hash = ?")));
  return first_row<Key>(statement.with(db::Statement::Blob{as_text(hash)}), read_key);
}

Result<std::optional<Key>> find_key(const ReadTx& tx, const Uuid& id) {
  auto statement = TRY(tx.database().prepare(select("WHERE id = ?")));
  return first_row<Key>(statement.with(id.str()), read_key);
}

Result<std::vector<Key>> list_keys(const ReadTx& tx, const KeyFilter& filter,
                                   std::optional<Uuid> after, std::size_t limit) {
  auto statement = TRY(tx.database().prepare(
      select("WHERE id > ?1 AND (?2 IS NULL OR org = ?2) AND (?3 = '' OR application = ?3)"
             " AND (?4 IS NULL OR (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?4)))"
             " ORDER BY id LIMIT ?5")));
  return all_rows<Key>(statement.with(text_of(after), filter.org, filter.application,
                                      filter.valid_at, static_cast<std::uint64_t>(limit)),
                       read_key);
}

Result<> add_key(WriteTx& tx, const Key& key) {
  auto statement =
      TRY(tx.database().prepare("INSERT INTO keys (" + std::string(kColumns) +
                                ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                                " ?)"));
  return statement
      .with(key.id.str(), db::Statement::Blob{as_text(key.hash)}, key.hint, key.application,
            key.org, key.scopes.ingest, key.scopes.read, key.scopes.manage, key.created_at,
            key.expires_at, key.last_used_at, key.revoked_at, key.name, key.otlp_mapping,
            optional_text_of(key.replaced_by), key.limits.events_per_second,
            key.limits.bytes_per_second, key.limits.requests_per_second, key.limits.burst_seconds)
      .run();
}

Result<> update_key(WriteTx& tx, const Key& key) {
  auto statement = TRY(tx.database().prepare(
      "UPDATE keys SET name = ?, expires_at = ?, otlp_mapping = ?, replaced_by = ?, limit_events = "
      "?, limit_bytes = ?, limit_requests = ?, limit_burst = ? WHERE id = ?"));
  return statement
      .with(key.name, key.expires_at, key.otlp_mapping, optional_text_of(key.replaced_by),
            key.limits.events_per_second, key.limits.bytes_per_second,
            key.limits.requests_per_second, key.limits.burst_seconds, key.id.str())
      .run();
}

Result<> revoke_key(WriteTx& tx, const Uuid& id, Timestamp now) {
  auto statement = TRY(
      tx.database().prepare("UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"));
  return statement.with(now, id.str()).run();
}

Result<> set_key_used(WriteTx& tx, const Uuid& id, Timestamp at) {
  auto statement =
      TRY(tx.database().prepare("UPDATE keys SET last_used_at = ?1 WHERE id = ?2 AND (last_used_at "
                                "IS NULL OR last_used_at < ?1)"));
  return statement.with(at, id.str()).run();
}

}  // namespace trailkeeper::settings
