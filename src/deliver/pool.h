#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "turns.h"

namespace trailkeeper::deliver {

// A few threads that send for whichever destination has work. Destinations that failed last time
// may hold no more than half of the threads, so that slow and broken buckets delay nobody else's.
class Pool {
 public:
  Pool(int threads, std::function<void(const DestinationKey&)> work);
  ~Pool();

  void start();
  // Finishes what runs, forgets what waits.
  void stop();
  void add(const DestinationKey& key, bool failed_before);

 private:
  struct Job {
    DestinationKey key;
    bool slow;
  };
  void run();
  std::deque<Job>::iterator next_job() REQUIRES(mutex_);

  const int threads_max_;
  const std::function<void(const DestinationKey&)> work_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<Job> waiting_ GUARDED_BY(mutex_);
  std::set<DestinationKey> known_ GUARDED_BY(mutex_);
  int slow_running_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace trailkeeper::deliver
