#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace trailkeeper::db {

// Failures: `unavailable` with code `disk_full` (SQLITE_FULL: nothing of the transaction happened)
// or `busy`; `conflict` with code `constraint` for a broken UNIQUE or CHECK; `fatal` for every
// other I/O error or corruption: the process must stop, because after one failed sync SQLite would
// go on committing (this connection does not: from then on every commit is refused). `failed` with
// code `sql`, `bind` or `open` for mistakes of ours.
class Statement;

// One SQLite connection: for one thread at a time. WAL, synchronous=FULL: what committed survives a
// power cut.
class Database {
 public:
  enum class Mode { read_write, read_only };
  // Opens or creates the file; a writer never checkpoints by itself (see checkpoint()).
  static Result<Database> open(const std::string& path, Mode mode);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // Runs statements that need no values and give no rows.
  Result<> execute(std::string_view sql);
  // Compiles once; keep it and use it again.
  Result<Statement> prepare(std::string_view sql);
  std::int64_t last_insert_id() const;
  std::int64_t changes() const;  // rows of the last statement
  // Copies the log into the database file. Call from the writer only, when idle or when the log is
  // large. What readers still use stays in the log until next time.
  Result<> checkpoint();
  std::uint64_t log_bytes() const;  // size of the -wal file
  bool in_transaction() const;

 private:
  explicit Database(sqlite3* handle, std::string path);
  sqlite3* handle_;
  std::string path_;
};

// A compiled statement. Values are bound by position, from 1; text is copied. Columns count from 0.
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  // Binds all values in order and forgets those of the last run.
  template <typename... Values>
  Statement& with(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }
  void reset();
  void bind(int index, std::int64_t value);
  void bind(int index, std::uint64_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, int value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, bool value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, double value);
  void bind(int index, std::string_view text);
  void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
  void bind(int index, const char* text) { bind(index, std::string_view(text)); }
  void bind_blob(int index, std::string_view bytes);
  struct Blob {
    std::string_view bytes;
  };
  void bind(int index, Blob blob) { bind_blob(index, blob.bytes); }
  void bind(int index, std::nullptr_t);
  void bind(int index, Timestamp time) { bind(index, to_micros(time)); }
  void bind(int index, Seq seq) { bind(index, seq.value); }
  void bind(int index, const OrgId& org) { bind(index, std::string_view(org.str())); }
  template <typename T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind(index, nullptr);
    }
  }

  // The next row; false at the end. The statement is reset then.
  Result<bool> step();
  // For statements without rows.
  Result<> run();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  std::string_view view(int column) const;  // until the next step
  Timestamp time(int column) const { return from_micros(integer(column)); }
  std::optional<Timestamp> optional_time(int column) const;
  std::optional<std::string> optional_text(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  void note(int code);
  sqlite3_stmt* handle_;
  int bind_error_ = 0;
};

// BEGIN IMMEDIATE ... COMMIT; rolls back when it goes out of scope uncommitted.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  // Durable on return.
  Result<> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

// One step of a schema; `version` counts from 1 without gaps. Applied ones are never changed.
struct Migration {
  int version;
  std::string_view sql;
};

// Brings the database to the last version, each step in a transaction. `failed` (code `newer_data`)
// when the file was written by a newer program.
Result<> migrate(Database& database, std::span<const Migration> migrations);

}  // namespace trailkeeper::db
