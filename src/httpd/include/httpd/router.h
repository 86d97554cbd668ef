#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "httpd/message.h"

namespace trailkeeper::httpd {

struct RouteOptions {
  std::size_t body_bytes_max = 64 * 1024;
  // Writes the body to an anonymous file instead of memory (Request::body_file).
  bool spool = false;
  // Whether the handler is sure not to block for this request, nor to work for long: then it runs
  // where the request was read, which saves waking another thread. Never when absent.
  std::function<bool(const Request&)> is_quick{};
};

struct Route {
  std::string method;
  std::string pattern;  // "/v1/orgs/{org}/events"; a last part "{rest...}" takes everything below
  Handler handler;
  RouteOptions options;
};

// What the request line and headers select, before the body is read.
struct Match {
  const Route* route = nullptr;        // null: nothing there
  std::vector<std::string> allowed{};  // methods of that path, when only the method is wrong
  PathParameters parameters{};
  bool bad_path = false;  // a parameter is not valid percent-encoded UTF-8, or holds a NUL: 400
};

// Fixed parts win over parameters, and both win over "{rest...}": a path that a plain pattern
// covers under another method only is 405, never the rest's. Built before the server starts, read
// by all its threads. HEAD is answered by GET's route.
class Router {
 public:
  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;
  // REQUIRES: `pattern` begins with "/", its names are not empty, method and pattern were not added
  // before; a mistake ends the process.
  void add(std::string method, std::string pattern, Handler handler, RouteOptions options = {});
  Match match(std::string_view method, std::string_view path) const;
  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  struct Node;
  std::vector<std::unique_ptr<Route>> routes_;
  std::unique_ptr<Node> root_;
};

}  // namespace trailkeeper::httpd
