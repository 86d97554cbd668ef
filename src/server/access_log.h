#pragma once

#include <map>
#include <string>
#include <utility>

#include "api/trusted_proxies.h"
#include "base/metrics.h"
#include "base/thread_annotations.h"
#include "httpd/server.h"

namespace trailkeeper::server {

// One log line, with the client as trusted proxies name it, and the counters for each answered
// request. Thread-safe.
class AccessLog {
 public:
  AccessLog(metrics::Registry& metrics, api::TrustedProxies proxies)
      : metrics_(metrics), proxies_(std::move(proxies)) {}
  void answered(const httpd::Request& request, const httpd::Route* route, int status,
                std::uint64_t bytes, std::chrono::microseconds duration);

 private:
  struct Counters {
    metrics::Counter* requests;
    metrics::Histogram* seconds;
  };
  Counters counters(const httpd::Route* route, int status);

  metrics::Registry& metrics_;
  const api::TrustedProxies proxies_;
  Mutex mutex_;
  std::map<std::pair<const httpd::Route*, int>, Counters> known_ GUARDED_BY(mutex_);
};

}  // namespace trailkeeper::server
