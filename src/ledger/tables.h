#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "db/database.h"
#include "merkle/hash.h"
#include "merkle/log_entry.h"

namespace trailkeeper::ledger {

struct LogRow {
  std::uint64_t number = 0;
  OrgId org;
  std::string name;
  std::string origin;
  std::uint32_t epoch = 1;
  std::uint64_t size = 0;
  std::string tree;  // LogTree::hashes_bytes
};

struct PublishedRow {
  std::uint64_t size = 0;
  std::string note;
  std::string cosignatures{};  // lines below the note

  std::string cosigned() const { return note + cosignatures; }
};

// A log that was closed: `log` with its own name, origin and epoch, and the size of the checkpoint.
struct ClosedLogRow {
  LogRow log;
  std::optional<PublishedRow> checkpoint;  // the last; empty: it had none
};

struct OldLogRow {
  std::uint32_t epoch = 0;
  std::string note;
};

// The ledger's tables through one connection, inside whatever transaction is open there. Holds
// nothing; for one thread at a time.
class Tables {
 public:
  explicit Tables(db::Database& database) : database_(database) {}

  Result<std::optional<std::string>> meta(std::string_view key);
  Result<> put_meta(std::string_view key, std::string_view value);

  Result<std::uint64_t> position();
  Result<> put_position(std::uint64_t position);

  Result<std::optional<LogRow>> find_log(const OrgId& org);
  Result<std::optional<LogRow>> find_log_named(std::string_view name);
  using LogVisitor = std::function<void(const OrgId& org, std::uint64_t size)>;
  Result<> for_each_log(const LogVisitor& visit);
  // Logs that are larger than their checkpoint says, or have none.
  Result<> for_each_unpublished(const LogVisitor& visit);
  // The row with its number.
  Result<LogRow> add_log(LogRow row, Timestamp now);
  Result<> put_size(const LogRow& row);

  Result<std::optional<PublishedRow>> published(std::uint64_t log);
  // Replaces the checkpoint of `old_size` (0: none). `fatal` (code `checkpoint_raced`) when another
  // one is there: nobody else may sign for this log.
  Result<> publish(std::uint64_t log, std::uint64_t old_size, const PublishedRow& row,
                   Timestamp now);

  // Closes the log of `row`, whose last checkpoint is `note`, and gives it the name, origin and
  // epoch of `next`. It has no checkpoint then.
  Result<> change_epoch(const LogRow& row, std::string_view note, const LogRow& next,
                        Timestamp now);
  // The newest one closed.
  Result<std::optional<OldLogRow>> old_log(const OrgId& org);
  // All of an organization, the oldest first.
  Result<std::vector<ClosedLogRow>> closed_logs(const OrgId& org);
  Result<std::optional<ClosedLogRow>> find_closed_log(std::string_view name);

  // Logs whose checkpoint has no cosignature.
  Result<> for_each_unwitnessed(std::size_t count, const LogVisitor& visit);
  Result<std::uint64_t> witnessed_size(std::uint64_t log);
  Result<> put_witnessed(std::uint64_t log, std::uint64_t size);
  // Nothing when another checkpoint is published by now.
  Result<> put_cosignatures(std::uint64_t log, std::uint64_t size, std::string_view lines);

  // Of the last bundle, `first` being its first entry's index.
  Result<> add_chunk(std::uint64_t log, std::uint64_t index,
                     std::span<const merkle::LogEntry> entries);
  Result<> drop_chunks(std::uint64_t log);
  Result<> add_bundle(std::uint64_t log, std::uint64_t number,
                      std::span<const merkle::LogEntry> entries);
  // The entries of bundle `number`, full or not; empty when there are none.
  Result<std::vector<merkle::LogEntry>> bundle(std::uint64_t log, std::uint64_t number);

  // Hashes of a tile of level 1 or above, as far as it has grown.
  Result<std::string> tile(std::uint64_t log, unsigned level, std::uint64_t number);
  Result<> put_tile(std::uint64_t log, unsigned level, std::uint64_t number,
                    std::string_view hashes);

 private:
  Result<> visit_logs(std::string_view sql, const LogVisitor& visit);
  Result<> visit_rows(db::Statement& select, const LogVisitor& visit);

  db::Database& database_;
};

}  // namespace trailkeeper::ledger
