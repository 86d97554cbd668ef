#include "schema.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/log.h"
#include "old_table.h"

namespace trailkeeper::events {
namespace {

// Plain enough for every ClickHouse of the last years. Partitioned by the month of receipt, because
// retention drops by month; sorted as the page reads. What is a column of its own and what `rest`,
// `targets` and `folded` hold: docs/decisions/0025.
std::string create_entries(const std::string& database) {
  return "CREATE TABLE IF NOT EXISTS " + database +
         ".entries ("
         "org String, seq UInt64, received_at Int64, occurred_at Int64, batch UInt64, "
         "id FixedString(16), nonce FixedString(16), action String, action_label String, "
         "area String, application String, category String, crud String, actor_id String, "
         "actor_name String, actor_username String, actor_email String, ip String, "
         "request_id String, session_id String, outcome String, external_id String, "
         "http_status UInt16, targets Array(String), rest String, folded String) "
         "ENGINE = MergeTree "
         "PARTITION BY toYYYYMM(toDateTime(intDiv(received_at, 1000000), 'UTC')) "
         "ORDER BY (org, occurred_at, seq) SETTINGS index_granularity = 2048";
}

// Synced inserts and merges: what is confirmed survives a power cut, and a merge's result is on
// disk before its sources go. Deduplication by token covers retries of an insert whose outcome is
// unknown. Small pools of the embedded engine must still run mutations.
std::string durable(const std::string& database) {
  return "ALTER TABLE " + database +
         ".entries MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1, "
         "min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, "
         "old_parts_lifetime = 480, non_replicated_deduplication_window = 10000, "
         // A fresh batch is one file to sync instead of one or two a column.
         "min_bytes_for_wide_part = 134217728, "
         "number_of_free_entries_in_pool_to_execute_mutation = 1, "
         "number_of_free_entries_in_pool_to_lower_max_size_of_merge = 1";
}

// Write buffers that grow with need: with this many columns full ones take 250 MB an insert or
// merge (measured).
std::string small_buffers(const std::string& database) {
  return "ALTER TABLE " + database +
         ".entries MODIFY SETTING min_columns_to_activate_adaptive_write_buffer = 1";
}

// Parts wait for more of their size before they are merged: a row is rewritten less often, which
// was a fifth of what an event cost (docs/performance.md). Older parts are merged sooner all the
// same, so a quiet table ends with few.
std::string calm_merges(const std::string& database) {
  return "ALTER TABLE " + database + ".entries MODIFY SETTING merge_selector_base = 12";
}

std::string codecs(const std::string& database) {
  std::string sql = "ALTER TABLE " + database + ".entries ";
  const auto modify = [&](const std::string& column, const std::string& type) {
    sql += "MODIFY COLUMN " + column + " " + type + ", ";
  };
  modify("received_at", "Int64 CODEC(Delta, ZSTD(1))");
  modify("batch", "UInt64 CODEC(Delta, ZSTD(1))");
  // Sixteen random bytes do not compress.
  modify("nonce", "FixedString(16) CODEC(NONE)");
  modify("id", "FixedString(16) CODEC(ZSTD(1))");
  for (const char* column :
       {"action", "action_label", "area", "application", "category", "crud", "outcome"}) {
    modify(column, "LowCardinality(String) CODEC(ZSTD(1))");
  }
  for (const char* column : {"actor_id", "actor_name", "actor_username", "actor_email", "ip",
                             "request_id", "session_id", "external_id", "rest", "folded"}) {
    modify(column, "String CODEC(ZSTD(1))");
  }
  modify("targets", "Array(String) CODEC(ZSTD(1))");
  return sql + "MODIFY COLUMN http_status UInt16 CODEC(ZSTD(1))";
}

std::string index(const std::string& database, const std::string& column) {
  return "ALTER TABLE " + database + ".entries ADD INDEX IF NOT EXISTS " + column + "_range " +
         column + " TYPE minmax GRANULARITY 1";
}

// "26.7.2.1" -> 26007.
std::uint32_t server_version(std::string_view text) {
  std::uint32_t major = 0, minor = 0;
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return 0;
  std::from_chars(text.data(), text.data() + dot, major);
  std::from_chars(text.data() + dot + 1, text.data() + text.size(), minor);
  return major * 1000 + minor;
}

Result<std::set<std::uint32_t>> applied_versions(ClickHouse& server,
                                                 const StoreSettings& settings) {
  const std::string text = TRY(server.run(Statement("SELECT version FROM " + settings.database +
                                                    ".schema_migrations FORMAT TabSeparated"),
                                          settings.query_time_max));
  std::set<std::uint32_t> versions;
  std::size_t start = 0;
  while (start < text.size()) {
    std::uint32_t version = 0;
    std::from_chars(text.data() + start, text.data() + text.size(), version);
    versions.insert(version);
    start = text.find('\n', start);
    if (start == std::string::npos) break;
    ++start;
  }
  return versions;
}

Result<> apply(ClickHouse& server, const StoreSettings& settings, const Migration& migration) {
  for (const std::string& sql : migration.statements) {
    auto done = server.run(Statement(sql), settings.insert_time_max);
    if (!done) return std::move(done).error();
  }
  Statement note("INSERT INTO " + settings.database +
                 ".schema_migrations (version) SELECT {version:UInt32}");
  note.unsigned_integer("version", migration.version);
  auto noted = server.run(note, settings.insert_time_max);
  if (!noted) return std::move(noted).error();
  log::info("event store migrated", {{"version", migration.version}});
  return boost::system::in_place_value;
}

}  // namespace

std::vector<Migration> migrations(const std::string& database) {
  return {
      // 1 to 5 made the table `events`, whose rows move_old_table takes over.
      {6, 0, {create_entries(database)}},
      {7,
       22003,
       {durable(database), index(database, "seq"), index(database, "batch"),
        index(database, "id")}},
      {8, 22003, {codecs(database)}},
      {9, 26000, {small_buffers(database)}},
      {10, 26000, {calm_merges(database)}},
  };
}

Result<> migrate(ClickHouse& server, const StoreSettings& settings) {
  const auto run = [&](std::string sql) {
    return server.run(Statement(std::move(sql)), settings.insert_time_max);
  };
  TRY(run("CREATE DATABASE IF NOT EXISTS " + settings.database));
  TRY(run("CREATE TABLE IF NOT EXISTS " + settings.database +
          ".schema_migrations (version UInt32) ENGINE = MergeTree ORDER BY version"));
  const std::uint32_t present = server_version(TRY(run("SELECT version() FORMAT TabSeparated")));
  const auto applied = TRY(applied_versions(server, settings));
  const auto known = migrations(settings.database);
  if (!applied.empty() && *applied.rbegin() > known.back().version) {
    return Error{ErrorKind::failed, "schema_newer",
                 "the event store was written by a later version of Trailkeeper (schema " +
                     std::to_string(*applied.rbegin()) + "): run that version"};
  }
  for (const Migration& migration : known) {
    if (applied.contains(migration.version)) continue;
    if (present < migration.server_min) {
      log::warn("the event store's server is too old for a part of the schema",
                {{"migration", migration.version}});
      continue;
    }
    TRY(apply(server, settings, migration));
  }
  return move_old_table(server, settings);
}

}  // namespace trailkeeper::events
