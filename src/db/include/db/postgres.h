#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// A client of PostgreSQL servers, for reading much with little memory.
namespace trailkeeper::db {

// How a connection to another database is protected.
enum class RemoteTls {
  off,
  require,  // encrypted, whoever answers
  verify,   // and the certificate is of that host, by an authority that is trusted
};

struct RemoteServer {
  std::string host;  // or the folder of a Unix socket (PostgreSQL), its path (MariaDB)
  int port = 0;      // 0: the usual one
  std::string database;
  std::string user;
  std::string password{};
  RemoteTls tls = RemoteTls::verify;
  std::string ca{};  // PEM of the authorities to trust instead of the system's
  std::chrono::milliseconds connect_timeout{10'000};
};

struct PostgresField {
  std::string name;
  std::uint32_t type = 0;  // OID
  int modifier = -1;
};

// A value to bind, as text; type 0 lets the server tell from where it stands.
struct PostgresParameter {
  std::string value;
  std::uint32_t type = 0;
};

// Some rows as the server sent them, in text. The memory of its values lives as long as it does, or
// until it is filled again.
class PostgresRows {
 public:
  PostgresRows();
  ~PostgresRows();
  PostgresRows(PostgresRows&&) noexcept;
  PostgresRows& operator=(PostgresRows&&) noexcept;

  std::size_t size() const;
  std::optional<std::string_view> value(std::size_t row, int column) const;

 private:
  friend class Postgres;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// One connection. One thread at a time, except cancel(). Every wait ends at the deadline. No file
// of the user that runs the program (~/.pgpass, ~/.postgresql, services) has a say. Times come in
// ISO form and UTC, bytes in hex. Errors:
//   `unavailable`, code `source_connect`, `source_busy` (starting, stopping, too many connections,
//     a serialisation conflict), `source_cut`, `cancelled`
//   `failed`, code `source_refused` (sign-in, rights, certificate), `source_query`, `source_slow`
//     (the deadline)
// Messages are the server's, but for those that may hold a value of a row or a parameter.
class Postgres {
 public:
  static Result<std::unique_ptr<Postgres>> open(const RemoteServer& server);
  ~Postgres();
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  // For what is waited for from now on.
  void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline);
  // A statement; its rows, all of them in memory.
  Result<PostgresRows> run(const std::string& sql,
                           const std::vector<PostgresParameter>& parameters = {});
  // A statement whose rows are fetched by next(), one on a connection: prepared, so that its
  // columns are known before a row comes, then started with the same parameters.
  Result<std::vector<PostgresField>> prepare(const std::string& sql,
                                             const std::vector<PostgresParameter>& parameters);
  Result<> start(const std::vector<PostgresParameter>& parameters);
  // At most `rows_max` rows, and no more once `bytes_max` are reached; none at the end. What the
  // server has beyond waits there, so memory stays constant.
  Result<> next(PostgresRows& rows, std::size_t rows_max, std::size_t bytes_max);
  // From any thread: the call in progress and every later one fail with `cancelled`.
  void cancel();

 private:
  struct Impl;
  explicit Postgres(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::db
