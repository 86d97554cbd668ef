#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace trailkeeper::deliver {

// Requests a stop after a time, unless it is gone before. One thread.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds after)
      : timer_([this, after](const std::stop_token& gone) {
          std::unique_lock lock(mutex_);
          changed_.wait_for(lock, gone, after, [] { return false; });
          if (!gone.stop_requested()) stop_.request_stop();
        }) {}
  std::stop_token stop() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread timer_;  // last: it ends before what it uses
};

}  // namespace trailkeeper::deliver
