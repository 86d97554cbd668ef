#pragma once

#include <memory>
#include <string>
#include <vector>

#include "httpd/message.h"

namespace trailkeeper::httpd {

struct StaticFilesOptions {
  std::string fallback = "index.html";       // answers addresses that only the page itself knows
  std::string immutable_prefix = "assets/";  // files whose names hold a hash: cached for a year
  std::size_t bytes_max = 64u << 20;         // of all files together
};

// The files below a folder. They are read into memory, and packed, when this is made, so no request
// can reach anything else; links are not followed. Unknown addresses get the fallback, except those
// below the immutable prefix or with the ending of a file, which are 404. ETag and If-None-Match
// are answered; texts go as gzip to whoever takes it. A folder that is missing, unreadable or too
// large is logged, and every request gets 404. A cheap copy of what is shared; thread-safe.
class StaticFiles {
 public:
  explicit StaticFiles(const std::string& folder, StaticFilesOptions options = {});

  // For a route "/{path...}" with GET, or for one without parameters that names a file
  // ("/robots.txt"). `headers` are added to every answer, such as the Content-Security-Policy.
  Handler handler(std::vector<Header> headers = {}) const;

 private:
  struct Folder;
  std::shared_ptr<const Folder> folder_;
};

}  // namespace trailkeeper::httpd
