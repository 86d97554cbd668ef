#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/postgres.h"

// A client of MariaDB and MySQL servers, for reading much with little memory.
namespace trailkeeper::db {

// How a column's values come.
enum class MariadbKind {
  integer,   // MariadbValue::integer
  real,      // MariadbValue::real
  text,      // MariadbValue::text: everything that is none of the others
  bytes,     // MariadbValue::text
  decimal,   // MariadbValue::text; also integers without a sign of 64 bits
  date,      // MariadbValue::integer: days since 1970-01-01
  datetime,  // MariadbValue::integer: microseconds since 1970-01-01 00:00 of the same clock
};

struct MariadbField {
  std::string name;
  MariadbKind kind = MariadbKind::text;
  std::string native;      // "decimal(10,2)"
  bool timestamp = false;  // of datetime: a moment, in UTC, as columns of type TIMESTAMP are
  bool json = false;
  int precision = 0;  // of decimal
  int scale = 0;
};

struct MariadbValue {
  bool null = true;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text{};
};

// One connection; as Postgres (db/postgres.h) in threads, waits and errors, but that cancel() and
// the deadline are seen between rows, and else when the connection is shut. The session's time is
// UTC; quotes and backslashes are as by default, whatever the server's SQL mode. The date
// 0000-00-00 is null.
class Mariadb {
 public:
  // `wait_max`: how long the server may keep silent.
  static Result<std::unique_ptr<Mariadb>> open(const RemoteServer& server,
                                               std::chrono::seconds wait_max);
  ~Mariadb();
  Mariadb(const Mariadb&) = delete;
  Mariadb& operator=(const Mariadb&) = delete;

  void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline);
  // A statement without parameters; the values of its rows as text, all of them in memory.
  Result<std::vector<std::vector<std::optional<std::string>>>> run(const std::string& sql);
  // A statement with `?` as marks whose rows are fetched by next(), one at a time on a connection.
  Result<std::vector<MariadbField>> start(const std::string& sql,
                                          const std::vector<std::string>& parameters);
  // The next row, its texts valid until the next call; false at the end, after which another
  // statement may be started.
  Result<bool> next(std::vector<MariadbValue>& row);
  void cancel();

 private:
  struct Impl;
  explicit Mariadb(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::db
