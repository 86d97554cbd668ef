#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/file.h"

namespace trailkeeper::sftp {

// Ends a connection whose step takes too long: libssh waits without end in many places, but every
// wait ends when its socket is shut down. One thread of its own; thread-safe.
class Watch {
 public:
  // Keeps a duplicate of the socket, so that it stays valid whatever the library closes.
  explicit Watch(int socket);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // The step that begins now has so long. A later call begins another step.
  void begin(std::chrono::milliseconds limit);
  void end();
  void cancel();
  bool timed_out() const { return timed_out_; }
  bool cancelled() const { return cancelled_; }

 private:
  void run();

  FileDescriptor socket_;
  std::atomic<bool> timed_out_{false};
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  bool stopping_ = false;
  std::thread thread_;
};

// One step under a watch.
class Step {
 public:
  Step(Watch& watch, std::chrono::milliseconds limit) : watch_(watch) { watch_.begin(limit); }
  ~Step() { watch_.end(); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  Watch& watch_;
};

}  // namespace trailkeeper::sftp
