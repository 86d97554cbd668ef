#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

// Where the rows of data packs come from: the vendor's databases, each in its own SQL.
namespace trailkeeper::packs {

// What a column's values are, in every format alike.
enum class ColumnType {
  boolean,          // Cell::integer is 0 or 1
  integer,          // Cell::integer, 64 bits
  real,             // Cell::real
  decimal,          // Cell::text: digits with an optional sign and point, such as -12.50
  text,             // Cell::text, UTF-8
  bytes,            // Cell::text, as they are
  date,             // Cell::integer: days since 1970-01-01
  timestamp,        // Cell::integer: microseconds since 1970, UTC
  local_timestamp,  // the same, of a clock on the wall without a zone
  json,             // Cell::text, one JSON value
};
std::string_view type_name(ColumnType type);
std::optional<ColumnType> find_type(std::string_view name);

struct Column {
  std::string name;
  ColumnType type = ColumnType::text;
  // As the source names it, such as "numeric(10,2)"; for people.
  std::string native{};
  // Of decimals whose source bounds them; else 0.
  int precision = 0;
  int scale = 0;
  friend bool operator==(const Column&, const Column&) = default;
};

// One value. `text` points into the memory of whoever gave it.
struct Cell {
  bool null = true;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text{};
};

// Some rows; the memory of their texts is the extract's until its next call.
struct Batch {
  std::size_t rows = 0;
  std::vector<Cell> cells{};  // row after row, each as many as there are columns

  void clear() {
    rows = 0;
    cells.clear();
  }
};

// How far the rows of a column have been delivered: its highest value, as the text that the source
// itself takes back as a parameter, and that sorts after all before it in the source's own order.
struct HighWater {
  std::string column;
  std::string value{};  // empty: nothing was delivered yet
};

// What to read. The query is the vendor's, one SELECT without a semicolon at its end. It may hold
// the parameters `:org` (text), `:interval_start` and `:interval_end` (times), each as often as it
// likes; they are bound, never spliced (see parameters.h).
struct Pull {
  OrgId org;
  std::string query;
  Timestamp interval_start{};  // inclusive
  Timestamp interval_end{};    // exclusive
  // Only rows whose column is above the value, and whose column is not null; the source wraps the
  // query: SELECT * FROM (query) AS pack WHERE pack.<column> > value.
  std::optional<HighWater> after{};
  // Rows are wanted in no order. 0: all of them; else no more than these, for a look.
  std::uint64_t rows_max = 0;
  // Of the whole pull, the wait for rows included; 0: none. Ends with `failed`, code `source_slow`.
  std::chrono::seconds time_max{0};
};

// One read-only, consistent snapshot (repeatable read, or the nearest that the source has) and the
// rows of one query in it, in constant memory. Of one thread, but for cancel().
class Extract {
 public:
  // Ends the transaction and the connection.
  virtual ~Extract() = default;
  // Known as soon as the extract is open, also without a row.
  virtual const std::vector<Column>& columns() const = 0;
  // When the snapshot was taken, by the source's own clock.
  virtual Timestamp snapshot_at() const = 0;
  // Replaces `batch` by the next rows (a few thousand rows or a few MiB); false at the end. An
  // error means that what was read is not whole: `unavailable` when it may pass by itself.
  virtual Result<bool> next(Batch& batch) = 0;
  // From any thread: next() ends soon, with an error.
  virtual void cancel() = 0;
  // The highest value of `Pull::after`'s column in this snapshot and query, as HighWater::value;
  // empty when there is no row. Asked once, after the last row.
  virtual Result<std::string> high_water() = 0;
};

// One thing that a look at a source tried.
struct CheckStep {
  std::string name;
  bool ok = false;
  std::string detail{};
  std::string remedy{};  // one sentence; empty when it is ok
};

// What a look at a source found.
struct SourceCheck {
  std::string version;     // as the server names itself
  bool read_only = false;  // whether the user can write nothing; false too when not known
  std::string warning{};   // one sentence; empty without
  std::int64_t duration_ms = 0;
  bool ok = true;
  std::string detail{};            // why not
  std::vector<CheckStep> steps{};  // in order, up to the first that failed; may be none
};

// A database, and how to reach it. Thread-safe; calls block on the network, within limits of their
// own for connecting (10 s). Errors: `unavailable` (network, server starting, too many
// connections), `failed` (refused credentials, unknown table, a query that cannot run; the message
// is for the operator, and never has a value of a parameter or a secret in it).
class Source {
 public:
  virtual ~Source() = default;
  virtual Result<SourceCheck> check() = 0;
  virtual Result<std::unique_ptr<Extract>> open(const Pull& pull) = 0;
  // How many rows it would give, in a snapshot of its own.
  virtual Result<std::uint64_t> count(const Pull& pull) = 0;
};

enum class Tls {
  off,  // refused for addresses other than loopback and Unix sockets, unless the operator says so
  require,  // encrypted, whoever answers
  verify,   // and the certificate is of that host
};
std::string_view tls_name(Tls tls);
std::optional<Tls> find_tls(std::string_view name);

// How an operator describes a database.
struct SourceSettings {
  std::string type;  // postgresql, mariadb, clickhouse; s3, http, files (locations.h)
  std::string host;  // for postgresql and mariadb also the folder or path of a Unix socket
  int port = 0;      // 0: the usual one
  std::string database;
  std::string user;
  std::string password{};  // in the clear, in memory only
  Tls tls = Tls::verify;
  std::string ca{};  // authorities to trust instead of the system's, PEM
};

// Makes the source of such settings; `invalid` for a type it does not know. Thread-safe.
using MakeSource = std::function<Result<std::unique_ptr<Source>>(const SourceSettings& settings)>;

}  // namespace trailkeeper::packs
