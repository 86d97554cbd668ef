#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "base/thread_annotations.h"

namespace trailkeeper {

// A named thread that calls `step` again and again, `pause` apart, or at once when woken. Whatever
// runs in the background is one of these, with its step function public, so that tests drive the
// step and need no thread. start() and stop() from one thread; wake() from any. stop() waits for
// the running step; the destructor stops.
class Background {
 public:
  // `step` answers true when it found work and wants to be called again without a pause. It must
  // not throw.
  Background(std::string name, std::chrono::milliseconds pause, std::function<bool()> step);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  void start();
  void stop();
  void wake();
  // For long steps: true once stop() was called.
  bool stopping() const { return stopping_.load(); }

 private:
  void run();

  const std::string name_;
  const std::chrono::milliseconds pause_;
  const std::function<bool()> step_;
  std::atomic<bool> stopping_{false};
  Mutex mutex_;
  ConditionVariable changed_;
  bool woken_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace trailkeeper
