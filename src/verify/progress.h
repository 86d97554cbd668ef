#pragma once

#include <chrono>
#include <cstdint>

namespace trailkeeper::verify {

// A bar on standard error while a person waits; nothing at all elsewhere. For one thread at a time.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress();
  void show(std::uint64_t done, std::uint64_t total);

 private:
  const bool terminal_;
  std::chrono::steady_clock::time_point shown_{};
  bool bar_ = false;
};

}  // namespace trailkeeper::verify
