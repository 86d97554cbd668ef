#include "httpd/router.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "text.h"

namespace trailkeeper::httpd {

// One part of a path. Names of parameters belong to the route, not to the node: two routes may name
// a part differently.
struct Router::Node {
  struct Entry {
    const Route* route;
    std::vector<std::string> names;
  };
  std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
  std::unique_ptr<Node> any;
  std::vector<Entry> here;  // routes that end at this part
  std::vector<Entry> rest;  // routes that take this part and everything below
};

namespace {

using Parts = std::vector<std::string_view>;

[[noreturn]] void bad_pattern(const std::string& pattern) {
  std::fprintf(stderr, "router: bad or repeated pattern %s\n", pattern.c_str());
  std::abort();
}

// "/a//b/" gives "a", "", "b", "".
Parts split(std::string_view path) {
  Parts parts;
  path.remove_prefix(1);
  for (;;) {
    auto end = path.find('/');
    parts.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return parts;
    path.remove_prefix(end + 1);
  }
}

bool serves(std::string_view route_method, std::string_view method) {
  return route_method == method || (method == "HEAD" && route_method == "GET");
}

// Looks for the route in order of preference and notes on the way what the path would allow.
template <typename Node>
class Search {
 public:
  Search(std::string_view method, const Parts& parts) : method_(method), parts_(parts) {}

  const typename Node::Entry* plain(const Node& node, std::size_t at) {
    if (at == parts_.size()) return choose(node.here);
    auto fixed = node.fixed.find(parts_[at]);
    if (fixed != node.fixed.end()) {
      if (auto* entry = plain(*fixed->second, at + 1)) return entry;
    }
    if (!node.any || parts_[at].empty()) return nullptr;
    values_.push_back(parts_[at]);
    if (auto* entry = plain(*node.any, at + 1)) return entry;
    values_.pop_back();
    return nullptr;
  }

  // The deepest "{rest...}".
  const typename Node::Entry* rest(const Node& node, std::size_t at) {
    if (at == parts_.size()) return nullptr;
    auto fixed = node.fixed.find(parts_[at]);
    if (fixed != node.fixed.end()) {
      if (auto* entry = rest(*fixed->second, at + 1)) return entry;
    }
    if (node.any && !parts_[at].empty()) {
      values_.push_back(parts_[at]);
      if (auto* entry = rest(*node.any, at + 1)) return entry;
      values_.pop_back();
    }
    auto* entry = choose(node.rest);
    if (entry) {
      auto* end = parts_.back().data() + parts_.back().size();
      values_.emplace_back(parts_[at].data(), static_cast<std::size_t>(end - parts_[at].data()));
    }
    return entry;
  }

  const Parts& values() const { return values_; }
  std::vector<std::string> allowed() {
    std::sort(allowed_.begin(), allowed_.end());
    allowed_.erase(std::unique(allowed_.begin(), allowed_.end()), allowed_.end());
    return std::move(allowed_);
  }
  bool path_known() const { return !allowed_.empty(); }

 private:
  const typename Node::Entry* choose(const std::vector<typename Node::Entry>& entries) {
    for (const auto& entry : entries) {
      if (serves(entry.route->method, method_)) return &entry;
      allowed_.push_back(entry.route->method);
      if (entry.route->method == "GET") allowed_.push_back("HEAD");
    }
    return nullptr;
  }

  std::string_view method_;
  const Parts& parts_;
  Parts values_;
  std::vector<std::string> allowed_;
};

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(std::string method, std::string pattern, Handler handler, RouteOptions options) {
  if (!pattern.starts_with('/') || !is_token(method)) bad_pattern(pattern);
  routes_.push_back(std::make_unique<Route>(
      Route{std::move(method), pattern, std::move(handler), std::move(options)}));
  Node::Entry entry{routes_.back().get(), {}};
  Node* node = root_.get();
  bool is_rest = false;
  for (auto part : split(pattern)) {
    if (is_rest) bad_pattern(pattern);
    if (!part.starts_with('{')) {
      auto& next = node->fixed[std::string(part)];
      if (!next) next = std::make_unique<Node>();
      node = next.get();
      continue;
    }
    if (!part.ends_with('}') || part.size() < 3) bad_pattern(pattern);
    auto name = part.substr(1, part.size() - 2);
    is_rest = name.ends_with("...");
    if (is_rest) name.remove_suffix(3);
    if (name.empty()) bad_pattern(pattern);
    entry.names.emplace_back(name);
    if (is_rest) continue;
    if (!node->any) node->any = std::make_unique<Node>();
    node = node->any.get();
  }
  auto& entries = is_rest ? node->rest : node->here;
  for (const auto& other : entries) {
    if (other.route->method == entry.route->method) bad_pattern(pattern);
  }
  entries.push_back(std::move(entry));
}

Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  auto parts = split(path);
  Search<Node> search(method, parts);
  auto* entry = search.plain(*root_, 0);
  if (!entry && !search.path_known()) entry = search.rest(*root_, 0);
  if (!entry) {
    match.allowed = search.allowed();
    return match;
  }
  match.route = entry->route;
  for (std::size_t i = 0; i < entry->names.size(); ++i) {
    auto value = percent_decode(search.values()[i], false);
    if (!value) {
      match.bad_path = true;
      return match;
    }
    match.parameters.emplace_back(entry->names[i], std::move(*value));
  }
  return match;
}

}  // namespace trailkeeper::httpd
