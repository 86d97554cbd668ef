#pragma once

#include <curl/curl.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_annotations.h"

namespace trailkeeper::httpc {

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

// Idle libcurl handles by where their kept connection leads. Thread-safe; a handle that is out
// belongs to one caller.
class EasyPool {
 public:
  EasyPool();
  // Null only when memory is short.
  Easy take(const std::string& origin);
  void give_back(const std::string& origin, Easy handle);

 private:
  Mutex mutex_;
  std::map<std::string, std::vector<Easy>> idle_ GUARDED_BY(mutex_);
  std::size_t count_ GUARDED_BY(mutex_) = 0;
};

}  // namespace trailkeeper::httpc
