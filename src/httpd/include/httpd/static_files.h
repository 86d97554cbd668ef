#pragma once

#include <string>
#include <vector>

#include "httpd/message.h"

namespace trailkeeper::httpd {

struct StaticFilesOptions {
  std::string fallback = "index.html";       // answers addresses that only the page itself knows
  std::string immutable_prefix = "assets/";  // files whose names hold a hash: cached for a year
  std::vector<Header> headers{};      // added to every answer, such as the Content-Security-Policy
  std::size_t bytes_max = 64u << 20;  // of all files together
};

// Serves the files below `folder`, for a route "/{path...}" with GET, or for one without parameters
// that names a file ("/robots.txt"). They are read into memory now, so no request can reach
// anything else; links are not followed. Unknown addresses get the fallback, except those below the
// immutable prefix or with the ending of a file, which are 404. ETag and If-None-Match are answered.
// A folder that is missing, unreadable or too large is logged, and every request gets 404.
Handler static_files(const std::string& folder, StaticFilesOptions options = {});

}  // namespace trailkeeper::httpd
