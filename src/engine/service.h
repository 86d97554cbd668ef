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
  std::chrono::milliseconds connection_wait{5000};
  std::string version;
  Confinement confinement;
  std::string
      data_folder;  // whose names are on disk before a change is confirmed; empty: not ours to do
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
};

// The status that ClickHouse's own server gives with an error number.
int http_status(int clickhouse_code);

}  // namespace trailkeeper::engine
