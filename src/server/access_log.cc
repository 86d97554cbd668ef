#include "access_log.h"

#include "base/log.h"

namespace trailkeeper::server {
namespace {

// What comes many times a second and went well is not worth a line.
log::Level level_of(const httpd::Route* route, int status) {
  if (status >= 500) return log::Level::warn;
  if (status >= 400 || route == nullptr) return log::Level::info;
  const std::string& pattern = route->pattern;
  const bool frequent = pattern == "/v1/events" || pattern == "/audit_logs/events" ||
                        pattern == "/livez" || pattern == "/readyz" || pattern == "/metrics";
  return frequent ? log::Level::debug : log::Level::info;
}

}  // namespace

AccessLog::Counters AccessLog::counters(const httpd::Route* route, int status) {
  MutexLock lock(mutex_);
  auto& known = known_[{route, status}];
  if (known.requests == nullptr) {
    const std::string name = route == nullptr ? "none" : route->pattern;
    const std::string method = route == nullptr ? "none" : route->method;
    known.requests = &metrics_.counter(
        "trailkeeper_http_requests_total", "Answered HTTP requests.",
        {{"route", name}, {"method", method}, {"status", std::to_string(status)}});
    known.seconds = &metrics_.histogram(
        "trailkeeper_http_request_seconds", "Time from a request's first byte to its answer.",
        {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
        {{"route", name}, {"method", method}});
  }
  return known;
}

void AccessLog::answered(const httpd::Request& request, const httpd::Route* route, int status,
                         std::uint64_t bytes, std::chrono::microseconds duration) {
  const Counters found = counters(route, status);
  found.requests->add();
  found.seconds->observe(std::chrono::duration<double>(duration).count());
  log::write(level_of(route, status), "request",
             {{"request_id", request.request_id},
              {"method", request.method},
              {"path", request.path},
              {"status", status},
              {"bytes", bytes},
              {"micros", duration.count()},
              {"peer", request.peer},
              {"client", proxies_.client_of(request)}});
}

}  // namespace trailkeeper::server
