#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "confine.h"
#include "httpd/router.h"
#include "pool.h"

namespace trailkeeper::engine {

struct ServiceSettings {
  // Held against every query unless the request names its own (never more than the maximum).
  std::uint64_t query_memory_max = 400u << 20;
  std::chrono::seconds query_time_default{30};
  Settings query_defaults{};  // for requests that do not name them
  // Requests' own `readonly` does not count: a session that has it cannot be given other settings.
  bool readonly_ignored = false;
  std::chrono::milliseconds connection_wait{5000};
  std::string version;
  Confinement confinement;
  std::string
      data_folder;  // whose names are on disk before a change is confirmed; empty: not ours to do
};

// Why the last answer that had begun was broken off: its status was sent before.
class LastBreak {
 public:
  void note(const QueryError& error) {
    const MutexLock lock(mutex_);
    error_ = error;
  }
  QueryError get() const {
    const MutexLock lock(mutex_);
    return error_;
  }

 private:
  mutable Mutex mutex_;
  QueryError error_ GUARDED_BY(mutex_);
};

// The part of ClickHouse's HTTP interface that Trailkeeper uses: POST / with `query`,
// `param_<name>`, `query_id`, `default_format` and settings in the query string; GET /ping; and GET
// /status of our own. Thread-safe.
class Service {
 public:
  Service(Pool& pool, ServiceSettings settings) : pool_(pool), settings_(std::move(settings)) {}

  // The routes call this object, which must outlive the server.
  void add_routes(httpd::Router& router);

  // One answer to one request; what the POST route does.
  httpd::Response answer(const httpd::Request& request);

 private:
  struct Call;
  httpd::Response run(Call call, const httpd::Request& request);
  httpd::Response status() const;

  Pool& pool_;
  const ServiceSettings settings_;
  const std::shared_ptr<LastBreak> last_break_ = std::make_shared<LastBreak>();
};

// The status that ClickHouse's own server gives with an error number.
int http_status(int clickhouse_code);

}  // namespace trailkeeper::engine
