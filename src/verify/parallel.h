#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace trailkeeper::verify {

// Calls `work` for 0 to count - 1, in about that order, on up to `threads` threads; returns when
// all are done.
inline void in_parallel(std::size_t count, unsigned threads,
                        const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i; (i = next.fetch_add(1)) < count;) work(i);
  };
  std::vector<std::thread> others;
  const std::size_t wanted = std::min<std::size_t>(std::max(1u, threads), count);
  for (std::size_t i = 1; i < wanted; ++i) others.emplace_back(run);
  run();
  for (std::thread& other : others) other.join();
}

}  // namespace trailkeeper::verify
