#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace bench {

// Makes believable audit events of about 600 bytes, spread over `orgs` organizations by a Zipf law
// and over the last 30 days. The same seed gives the same events. One thread each.
class EventSource {
 public:
  struct Settings {
    int orgs = 50;
    bool external_ids = false;
    std::int64_t now_seconds = 0;
    std::uint64_t seed = 1;
  };
  explicit EventSource(Settings settings);
  // Appends one event as JSON.
  void append(std::string& out);

 private:
  int org();
  void append_time(std::string& out, std::uint64_t r);

  const Settings settings_;
  std::mt19937_64 random_;
  std::vector<double> org_weights_;                                // cumulative
  std::vector<std::string> orgs_, kinds_, users_, agents_, days_;  // pieces of JSON
  std::uint64_t count_ = 0;
};

// Name of the n-th organization.
std::string org_name(int n);

}  // namespace bench
