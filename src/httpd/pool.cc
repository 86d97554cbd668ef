#include "pool.h"

#include "threads.h"

namespace trailkeeper::httpd {

Pool::Pool(int threads, std::size_t queue_max) : queue_max_(queue_max) {
  for (int i = 0; i < threads; ++i) {
    threads_.push_back(start_thread("http-worker", [this] { work(); }));
  }
}

Pool::~Pool() { stop(); }

bool Pool::try_post(std::unique_ptr<Job>& job) {
  bool wake = false;
  {
    MutexLock lock(mutex_);
    if (stopped_ || (idle_ == 0 && requests_.size() >= queue_max_)) return false;
    requests_.push_back(std::move(job));
    wake = idle_ > 0;
  }
  if (wake) wake_.notify_one();
  return true;
}

void Pool::post(std::unique_ptr<Job> job) {
  {
    MutexLock lock(mutex_);
    if (stopped_) return;
    running_on_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void Pool::stop() {
  std::deque<std::unique_ptr<Job>> dropped;
  std::deque<std::unique_ptr<Job>> dropped_too;
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    dropped.swap(requests_);
    dropped_too.swap(running_on_);
  }
  wake_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Pool::work() {
  for (;;) {
    std::unique_ptr<Job> job;
    {
      MutexLock lock(mutex_);
      ++idle_;
      while (!stopped_ && requests_.empty() && running_on_.empty()) wake_.wait(mutex_);
      --idle_;
      if (stopped_) return;
      auto& queue = running_on_.empty() ? requests_ : running_on_;
      job = std::move(queue.front());
      queue.pop_front();
    }
    job->run();
  }
}

}  // namespace trailkeeper::httpd
