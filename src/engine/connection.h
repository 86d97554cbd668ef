#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chdb_api.h"

namespace trailkeeper::engine {

// What ClickHouse said, with its number ("Code: 60. DB::Exception: ...").
struct QueryError {
  QueryError() = default;
  QueryError(int number, std::string text) : code(number), message(std::move(text)) {}
  int code = 0;
  std::string message;
};
template <typename T = void>
using QueryResult = boost::system::result<T, QueryError>;
[[noreturn]] void throw_exception_from_error(const QueryError& error,
                                             const boost::source_location&);

QueryError parse_error(std::string_view text);

using Parameters = std::vector<std::pair<std::string, std::string>>;
using Settings = std::map<std::string, std::string>;

// A running SELECT. Cancelled when it is destroyed before its end.
class QueryStream {
 public:
  QueryStream(const ChdbApi& api, chdb_connection connection, ResultHandle stream);
  ~QueryStream();
  QueryStream(QueryStream&&) noexcept;
  QueryStream& operator=(QueryStream&&) = delete;

  // The next piece, valid until the next call; empty at the end.
  QueryResult<std::string_view> fetch();

 private:
  const ChdbApi* api_;
  chdb_connection connection_;
  ResultHandle stream_;
  ResultHandle chunk_;
  bool ended_ = false;
};

// A running INSERT whose data is pushed. Nothing is stored unless finish() succeeds.
class InsertStream {
 public:
  InsertStream(const ChdbApi& api, chdb_insert_stream stream) : api_(&api), stream_(stream) {}
  ~InsertStream();
  InsertStream(InsertStream&& other) noexcept
      : api_(other.api_), stream_(std::exchange(other.stream_, nullptr)) {}
  InsertStream& operator=(InsertStream&&) = delete;

  // Why the statement was refused, if it was.
  std::optional<QueryError> refused() const;
  QueryResult<> append(std::string_view data);
  // Rows written.
  QueryResult<std::uint64_t> finish();

 private:
  const ChdbApi* api_;
  chdb_insert_stream stream_;
};

// One session of the engine. It runs one statement at a time: sharing one between threads has given
// a query another thread's parameters. So it can be neither copied nor reached but through a pool's
// lease.
class Connection {
 public:
  // `arguments` are those of the engine's first connection of this process; later ones take over
  // its server settings.
  static Result<std::unique_ptr<Connection>> open(const ChdbApi& api,
                                                  const std::vector<std::string>& arguments);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Makes exactly these query settings hold for what follows; those of the request before are
  // undone.
  QueryResult<> apply(const Settings& wanted);
  // Whether exactly these hold.
  bool has(const Settings& wanted) const { return settings_ == wanted; }

  // Runs a statement whose answer is small: DDL, mutations, SHOW.
  QueryResult<std::string> query(std::string_view sql, std::string_view format,
                                 const Parameters& parameters);
  QueryResult<QueryStream> stream(std::string_view sql, std::string_view format,
                                  const Parameters& parameters);
  QueryResult<InsertStream> insert(std::string_view statement, std::string_view format,
                                   const Parameters& parameters);

  // False after a failure that leaves its state unknown; the pool then opens a new one in its
  // place.
  bool usable() const { return usable_; }

 private:
  Connection(const ChdbApi& api, chdb_connection* handle) : api_(api), handle_(handle) {}
  QueryResult<> set(const std::string& assignments);

  const ChdbApi& api_;
  chdb_connection* handle_;
  Settings settings_;
  bool usable_ = true;
};

}  // namespace trailkeeper::engine
