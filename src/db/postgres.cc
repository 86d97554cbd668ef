#include "db/postgres.h"

#include <libpq-fe.h>

#include <algorithm>

#include "remote_wait.h"

namespace trailkeeper::db {

namespace {

constexpr char kRows[] = "rows";  // the prepared statement

struct ResultClear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using OwnedResult = std::unique_ptr<PGresult, ResultClear>;

struct ConnectionFinish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

std::string one_line(const char* text) {
  std::string line = text == nullptr ? "" : text;
  std::replace(line.begin(), line.end(), '\n', ' ');
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

bool begins(std::string_view state, std::initializer_list<std::string_view> with) {
  return std::any_of(with.begin(), with.end(),
                     [&](std::string_view one) { return state.starts_with(one); });
}

Error error_of(const PGresult* result) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  std::string state = field == nullptr ? "" : field;
  std::string words = one_line(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
  // A value that does not fit is named in the message, as is what functions and triggers say.
  if (begins(state, {"22", "23", "P0"})) {
    words = "the query met a value that it cannot use (SQLSTATE " + state + ")";
  }
  std::string message = "PostgreSQL: " + words + ".";
  if (state == "57014") {
    return remote_error(ErrorKind::failed, "source_slow", "PostgreSQL stopped a slow query.");
  }
  if (begins(state, {"08", "57P", "53", "40"})) {
    return remote_error(ErrorKind::unavailable, "source_busy", std::move(message));
  }
  if (begins(state, {"28", "42501"})) {
    return remote_error(ErrorKind::failed, "source_refused", std::move(message));
  }
  return remote_error(ErrorKind::failed, "source_query", std::move(message));
}

// Every refusal of a connection comes as words only.
Error connect_error(PGconn* connection) {
  std::string words = one_line(PQerrorMessage(connection));
  auto says = [&](std::string_view text) { return words.find(text) != std::string::npos; };
  bool refused = says("authentication failed") || says("no password") || says("does not exist") ||
                 says("no pg_hba.conf entry") || says("permission denied for database") ||
                 says("certificate") || says("does not support SSL") || says("is not permitted");
  if (refused) return remote_error(ErrorKind::failed, "source_refused", "PostgreSQL: " + words);
  return remote_error(ErrorKind::unavailable, "source_connect", "PostgreSQL: " + words);
}

const char* tls_mode(RemoteTls tls) {
  switch (tls) {
    case RemoteTls::off:
      return "disable";
    case RemoteTls::require:
      return "require";
    case RemoteTls::verify:
      return "verify-full";
  }
  return "verify-full";
}

struct Bound {
  std::vector<Oid> types;
  std::vector<const char*> values;
  explicit Bound(const std::vector<PostgresParameter>& parameters) {
    for (const PostgresParameter& one : parameters) {
      types.push_back(one.type);
      values.push_back(one.value.c_str());
    }
  }
  int size() const { return static_cast<int>(values.size()); }
};

}  // namespace

struct PostgresRows::Impl {
  // One result a row while rows are streamed, else one of all.
  std::vector<OwnedResult> results;
  bool streamed = false;
};

PostgresRows::PostgresRows() : impl_(std::make_unique<Impl>()) {}
PostgresRows::~PostgresRows() = default;
PostgresRows::PostgresRows(PostgresRows&&) noexcept = default;
PostgresRows& PostgresRows::operator=(PostgresRows&&) noexcept = default;

std::size_t PostgresRows::size() const {
  if (impl_->streamed) return impl_->results.size();
  return impl_->results.empty() ? 0 : PQntuples(impl_->results.front().get());
}

std::optional<std::string_view> PostgresRows::value(std::size_t row, int column) const {
  const PGresult* result = impl_->results[impl_->streamed ? row : 0].get();
  int at = impl_->streamed ? 0 : static_cast<int>(row);
  if (PQgetisnull(result, at, column)) return std::nullopt;
  return std::string_view(PQgetvalue(result, at, column), PQgetlength(result, at, column));
}

struct Postgres::Impl {
  std::unique_ptr<PGconn, ConnectionFinish> connection;
  RemoteWait wait;
  RemoteWait::Deadline deadline;

  Result<> connect(const RemoteServer& server);
  Error lost() {
    return remote_error(ErrorKind::unavailable, "source_cut",
                        "PostgreSQL: " + one_line(PQerrorMessage(connection.get())));
  }
  // The next result of what was sent; null when there is none left.
  Result<OwnedResult> get();
  // All results up to the end; the first one that is an error is the error.
  Result<OwnedResult> finish();
};

Result<> Postgres::Impl::connect(const RemoteServer& server) {
  CaFile ca(server.ca);
  std::string port = std::to_string(server.port == 0 ? 5432 : server.port);
  // With authorities at hand libpq would check the certificate even where nobody asked for it.
  std::string root = server.tls == RemoteTls::verify ? ca.path() : "/nonexistent/file";
  // What is not set here would come from the environment or from files of the user.
  const std::pair<const char*, const char*> options[] = {
      {"host", server.host.c_str()},
      {"port", port.c_str()},
      {"dbname", server.database.c_str()},
      {"user", server.user.c_str()},
      {"password", server.password.c_str()},
      {"sslmode", tls_mode(server.tls)},
      {"sslrootcert", root.c_str()},
      {"sslcert", "/nonexistent/file"},
      {"sslkey", "/nonexistent/file"},
      {"sslcrl", "/nonexistent/file"},
      {"passfile", "/nonexistent/passfile"},
      {"service", ""},
      {"gssencmode", "disable"},
      {"ssl_min_protocol_version", "TLSv1.2"},
      {"application_name", "trailkeeper"},
      {"client_encoding", "UTF8"},
      {"target_session_attrs", "any"},
      {"tcp_user_timeout", "60000"},
      {"keepalives_idle", "30"},
      {"keepalives_interval", "10"},
      {"keepalives_count", "3"},
      {"options",
       "-c datestyle=ISO -c timezone=UTC -c bytea_output=hex -c extra_float_digits=1 "
       "-c intervalstyle=iso_8601 -c standard_conforming_strings=on "
       "-c default_transaction_read_only=on"}};
  std::vector<const char*> names, values;
  for (const auto& [name, value] : options) {
    names.push_back(name);
    values.push_back(value);
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  deadline = std::chrono::steady_clock::now() + server.connect_timeout;
  connection.reset(PQconnectStartParams(names.data(), values.data(), 0));
  PGconn* pg = connection.get();
  if (pg == nullptr || PQstatus(pg) == CONNECTION_BAD) return connect_error(pg);
  PQsetNoticeProcessor(
      pg, [](void*, const char*) {}, nullptr);
  auto state = PGRES_POLLING_WRITING;
  while (state == PGRES_POLLING_WRITING || state == PGRES_POLLING_READING) {
    auto ready =
        wait.until(PQsocket(pg), state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
    if (!ready && ready.error().code == "source_slow") {
      return remote_error(ErrorKind::unavailable, "source_connect",
                          "PostgreSQL at " + server.host + " does not answer.");
    }
    if (!ready) return ready;
    state = PQconnectPoll(pg);
  }
  if (state != PGRES_POLLING_OK) return connect_error(pg);
  deadline.reset();
  return {};
}

Result<OwnedResult> Postgres::Impl::get() {
  while (PQisBusy(connection.get()) != 0) {
    TRY(wait.until(PQsocket(connection.get()), POLLIN, deadline));
    if (PQconsumeInput(connection.get()) == 0) return lost();
  }
  if (wait.cancelled()) return remote_error(ErrorKind::unavailable, "cancelled", "Stopped.");
  return OwnedResult(PQgetResult(connection.get()));
}

Result<OwnedResult> Postgres::Impl::finish() {
  OwnedResult kept;
  std::optional<Error> failed;
  while (OwnedResult result = TRY(get())) {
    auto status = PQresultStatus(result.get());
    if (status == PGRES_FATAL_ERROR && !failed) {
      if (PQstatus(connection.get()) == CONNECTION_BAD) return lost();
      failed = error_of(result.get());
    }
    kept = std::move(result);
  }
  if (failed) return *failed;
  return kept;
}

Postgres::Postgres(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Postgres::~Postgres() = default;

void Postgres::set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) {
  impl_->deadline = deadline;
}

void Postgres::cancel() { impl_->wait.cancel(); }

Result<std::unique_ptr<Postgres>> Postgres::open(const RemoteServer& server) {
  auto impl = std::make_unique<Impl>();
  TRY(impl->connect(server));
  std::unique_ptr<Postgres> postgres(new Postgres(std::move(impl)));
  // So that a server stops working for us soon after we went; older ones do not know it.
  if (PQserverVersion(postgres->impl_->connection.get()) >= 140000) {
    (void)postgres->run("SET client_connection_check_interval = '5s'");
  }
  return postgres;
}

Result<PostgresRows> Postgres::run(const std::string& sql,
                                   const std::vector<PostgresParameter>& parameters) {
  Bound bound(parameters);
  PGconn* pg = impl_->connection.get();
  if (PQsendQueryParams(pg, sql.c_str(), bound.size(), bound.types.data(), bound.values.data(),
                        nullptr, nullptr, 0) == 0) {
    return impl_->lost();
  }
  PostgresRows rows;
  rows.impl_->results.push_back(TRY(impl_->finish()));
  return rows;
}

Result<std::vector<PostgresField>> Postgres::prepare(
    const std::string& sql, const std::vector<PostgresParameter>& parameters) {
  Bound bound(parameters);
  PGconn* pg = impl_->connection.get();
  if (PQsendPrepare(pg, kRows, sql.c_str(), bound.size(), bound.types.data()) == 0) {
    return impl_->lost();
  }
  TRY(impl_->finish());
  if (PQsendDescribePrepared(pg, kRows) == 0) return impl_->lost();
  OwnedResult described = TRY(impl_->finish());
  std::vector<PostgresField> fields;
  for (int i = 0; i < PQnfields(described.get()); ++i) {
    fields.push_back(
        {PQfname(described.get(), i), PQftype(described.get(), i), PQfmod(described.get(), i)});
  }
  return fields;
}

Result<> Postgres::start(const std::vector<PostgresParameter>& parameters) {
  Bound bound(parameters);
  PGconn* pg = impl_->connection.get();
  if (PQsendQueryPrepared(pg, kRows, bound.size(), bound.values.data(), nullptr, nullptr, 0) == 0 ||
      PQsetSingleRowMode(pg) == 0) {
    return impl_->lost();
  }
  return {};
}

Result<> Postgres::next(PostgresRows& rows, std::size_t rows_max, std::size_t bytes_max) {
  rows.impl_->results.clear();
  rows.impl_->streamed = true;
  std::size_t bytes = 0;
  while (rows.impl_->results.size() < rows_max && bytes < bytes_max) {
    OwnedResult result = TRY(impl_->get());
    if (!result) return {};
    auto status = PQresultStatus(result.get());
    if (status == PGRES_SINGLE_TUPLE) {
      for (int i = PQnfields(result.get()); i-- > 0;) bytes += PQgetlength(result.get(), 0, i);
      rows.impl_->results.push_back(std::move(result));
      continue;
    }
    // The end of the rows, or of everything.
    if (status == PGRES_TUPLES_OK) continue;
    if (PQstatus(impl_->connection.get()) == CONNECTION_BAD) return impl_->lost();
    return error_of(result.get());
  }
  return {};
}

}  // namespace trailkeeper::db
