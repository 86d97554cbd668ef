#include "base/background.h"

#include <pthread.h>

#include <utility>

namespace trailkeeper {

Background::Background(std::string name, std::chrono::milliseconds pause,
                       std::function<bool()> step)
    : name_(std::move(name)), pause_(pause), step_(std::move(step)) {}

Background::~Background() { stop(); }

void Background::start() {
  if (thread_.joinable()) return;
  stopping_.store(false);
  thread_ = std::thread([this] { run(); });
}

void Background::stop() {
  {
    MutexLock lock(mutex_);
    stopping_.store(true);
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Background::wake() {
  {
    MutexLock lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void Background::run() {
  // The kernel takes 15 characters.
  ::pthread_setname_np(::pthread_self(), name_.substr(0, 15).c_str());
  while (!stopping_.load()) {
    const bool again = step_();
    MutexLock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + pause_;
    while (!again && !woken_ && !stopping_.load()) {
      if (changed_.wait_until(mutex_, until) == std::cv_status::timeout) break;
    }
    woken_ = false;
  }
}

}  // namespace trailkeeper
