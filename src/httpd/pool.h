#pragma once

#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"

namespace trailkeeper::httpd {

// Something to run on the pool. Destroyed unrun when the pool stops first.
class Job {
 public:
  virtual ~Job() = default;
  virtual void run() = 0;
};

// The threads that run handlers and read body sources. Thread-safe.
class Pool {
 public:
  Pool(int threads, std::size_t queue_max);
  ~Pool();
  // False, leaving `job` alone, when as many jobs wait as may.
  bool try_post(std::unique_ptr<Job>& job);
  // For work of requests that were let in already: not counted, never refused.
  void post(std::unique_ptr<Job> job);
  // Drops what waits and returns once the running jobs are done.
  void stop();

 private:
  void work();

  const std::size_t queue_max_;
  Mutex mutex_;
  ConditionVariable wake_;
  std::deque<std::unique_ptr<Job>> requests_ GUARDED_BY(mutex_);
  std::deque<std::unique_ptr<Job>> running_on_ GUARDED_BY(mutex_);  // goes first
  std::size_t idle_ GUARDED_BY(mutex_) = 0;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace trailkeeper::httpd
