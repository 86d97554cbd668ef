#include "reading.h"

#include <string_view>
#include <vector>

#include "base/ids.h"

namespace trailkeeper::api {
namespace {

using Kind = access::Reading::Kind;

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(path.front() == '/' ? 1 : 0);
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

// `rest` is what follows /v1/orgs/{org}.
void classify(const std::vector<std::string_view>& rest, bool posts, access::Reading& reading) {
  if (rest.empty()) return;
  if (rest[0] == "events") {
    const bool entry = rest.size() > 1 && Uuid::parse(rest[1]);
    reading.kind = entry ? Kind::entry : Kind::search;
    if (entry) reading.subject = rest[1];
  } else if (rest[0] == "feed") {
    reading.kind = Kind::search;
  } else if (rest[0] == "exports" && rest.size() == 1 && posts) {
    reading.kind = Kind::made_export;
  } else if (rest[0] == "exports" && rest.size() == 3 && rest[2] == "file") {
    reading.kind = Kind::download;
    reading.subject = rest[1];
  }
}

}  // namespace

access::Reading reading_of(const httpd::Request& request, const settings::Origin& origin) {
  access::Reading reading{.path = request.path, .query = request.query, .origin = origin};
  std::vector<std::string_view> parts = parts_of(request.path);
  if (parts.size() < 4 || parts[0] != "v1" || parts[1] != "orgs") return reading;
  parts.erase(parts.begin(), parts.begin() + 3);
  classify(parts, request.method == "POST", reading);
  return reading;
}

}  // namespace trailkeeper::api
