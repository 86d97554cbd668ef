#include "pool.h"

#include <algorithm>

namespace trailkeeper::deliver {

Pool::Pool(int threads, std::function<void(const DestinationKey&)> work)
    : threads_max_(std::max(threads, 2)), work_(std::move(work)) {}

Pool::~Pool() { stop(); }

void Pool::start() {
  {
    const MutexLock lock(mutex_);
    stopping_ = false;
  }
  for (int i = 0; i < threads_max_; ++i) threads_.emplace_back([this] { run(); });
}

void Pool::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    waiting_.clear();
    known_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Pool::add(const DestinationKey& key, bool failed_before) {
  {
    const MutexLock lock(mutex_);
    if (stopping_ || !known_.insert(key).second) return;
    waiting_.push_back({key, failed_before});
  }
  changed_.notify_all();
}

std::deque<Pool::Job>::iterator Pool::next_job() {
  const bool slow_allowed = slow_running_ < threads_max_ / 2;
  return std::find_if(waiting_.begin(), waiting_.end(),
                      [slow_allowed](const Job& job) { return slow_allowed || !job.slow; });
}

void Pool::run() {
  mutex_.lock();
  while (!stopping_) {
    const auto found = next_job();
    if (found == waiting_.end()) {
      changed_.wait(mutex_);
      continue;
    }
    const Job job = *found;
    waiting_.erase(found);
    slow_running_ += job.slow ? 1 : 0;
    mutex_.unlock();
    work_(job.key);
    mutex_.lock();
    slow_running_ -= job.slow ? 1 : 0;
    known_.erase(job.key);
    changed_.notify_all();
  }
  mutex_.unlock();
}

}  // namespace trailkeeper::deliver
