#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace trailkeeper::cli {

// What a person sees on standard error: a bar on a terminal, a line now and then elsewhere.
class Progress {
 public:
  // `bytes_total` 0: not known. `quiet`: nothing but complaints.
  Progress(std::uint64_t bytes_total, bool quiet);
  ~Progress();

  struct Numbers {
    std::uint64_t bytes = 0;
    std::uint64_t events = 0;  // of this run
    std::uint64_t rejected = 0;
  };
  void show(const Numbers& numbers, bool last = false);
  // A sentence of its own line, which the bar makes way for.
  void say(const std::string& sentence);

 private:
  std::string line(const Numbers& numbers, double seconds) const;
  void clear();

  const std::uint64_t bytes_total_;
  const bool quiet_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point shown_{};
  bool bar_ = false;  // one is on the screen
};

}  // namespace trailkeeper::cli
