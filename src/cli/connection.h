#pragma once

#include <string>

#include "base/result.h"
#include "httpc/client.h"

namespace trailkeeper::cli {

// Where the server is: its data folder on this machine, or its address and a key with scope
// `manage`.
struct Where {
  std::string data = "data";
  std::string url;
  std::string key;
};

struct Answer {
  int status = 0;
  std::string body;
};

// Calls of the HTTP interface.
class Connection {
 public:
  explicit Connection(Where where) : where_(std::move(where)) {}
  // Any answer of the server is one. Errors: `unavailable` with a sentence when there is none.
  Result<Answer> call(const std::string& method, const std::string& path,
                      const std::string& body = "");

 private:
  const Where where_;
  httpc::Client client_;
};

}  // namespace trailkeeper::cli
