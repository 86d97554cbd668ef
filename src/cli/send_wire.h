#pragma once

#include <chrono>
#include <functional>
#include <random>
#include <string>

#include "base/result.h"
#include "httpc/client.h"

namespace trailkeeper::cli {

struct WireSettings {
  std::string url;
  std::string key;
  std::string ca_file;
  bool gzip = false;
  std::chrono::seconds patience{300};  // without an answer that helps
};

struct WireAnswer {
  int status = 0;
  std::string body;
};

// Sends requests of events until they are answered. An outcome that is not known is settled by
// sending the same request with the same key again, which stores nothing twice.
class Wire {
 public:
  // `say` is told why there is a pause; `stopping` ends one.
  Wire(WireSettings settings, std::function<void(const std::string&)> say,
       std::function<bool()> stopping);

  // Any answer but 429 and 5xx. Errors: `unavailable` when patience ended or `stopping` says so.
  Result<WireAnswer> send(const std::string& body, const std::string& idempotency_key);

  std::uint64_t retries() const { return retries_; }
  // Whether a request may have reached the server without an answer.
  bool in_doubt() const { return in_doubt_; }

 private:
  std::chrono::milliseconds pause(int tries, const httpc::Response* answer);
  bool sleep(std::chrono::milliseconds time) const;

  const WireSettings settings_;
  const std::function<void(const std::string&)> say_;
  const std::function<bool()> stopping_;
  httpc::Client client_;
  std::mt19937 random_{std::random_device{}()};
  std::uint64_t retries_ = 0;
  bool in_doubt_ = false;
};

}  // namespace trailkeeper::cli
