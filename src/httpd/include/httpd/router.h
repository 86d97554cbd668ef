#pragma once

#include <memory>
#include <string>
#include <vector>

#include "httpd/message.h"

namespace trailkeeper::httpd {

struct RouteOptions {
  std::size_t body_bytes_max = 64 * 1024;
  // Writes the body to an anonymous file instead of memory (Request::body_file).
  bool spool = false;
};

struct Route {
  std::string method;
  std::string pattern;  // "/v1/orgs/{org}/events"; a last part "{rest...}" takes everything below
  Handler handler;
  RouteOptions options;
};

// What the request line and headers select, before the body is read.
struct Match {
  const Route* route = nullptr;          // null: nothing there
  std::vector<std::string> allowed{};    // methods of that path, when only the method is wrong
  PathParameters parameters{};
};

// Fixed parts win over parameters. Built before the server starts, read by all its threads. HEAD is answered by GET's route.
class Router {
 public:
  Router();
  ~Router();
  void add(std::string method, std::string pattern, Handler handler, RouteOptions options = {});
  Match match(std::string_view method, std::string_view path) const;
  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace trailkeeper::httpd
