#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "base/thread_annotations.h"

namespace trailkeeper::packs {

// Turns a transfer that pushes its bytes into one that is read. A thread of its own runs the
// transfer; it waits while more than `bytes_max` are not read yet. Ends the transfer when it goes.
class ChunkQueue {
 public:
  using Push = std::function<bool(std::string_view chunk)>;
  // `transfer` calls what it is given for each chunk and gives up when that answers false.
  ChunkQueue(std::function<Result<>(const Push& push)> transfer, std::size_t bytes_max)
      : bytes_max_(bytes_max), thread_([this, transfer = std::move(transfer)] {
          auto ended = transfer([this](std::string_view chunk) { return push(chunk); });
          MutexLock lock(mutex_);
          end_ = std::move(ended);
          changed_.notify_all();
        }) {}
  ~ChunkQueue() {
    stop();
    thread_.join();
  }
  ChunkQueue(const ChunkQueue&) = delete;
  ChunkQueue& operator=(const ChunkQueue&) = delete;

  // The next chunk; an empty one at the end.
  Result<std::string> next() {
    MutexLock lock(mutex_);
    while (chunks_.empty() && !end_ && !stopped_) changed_.wait(mutex_);
    if (stopped_) return Error{ErrorKind::unavailable, "cancelled", "Stopped."};
    if (chunks_.empty()) {
      if (!*end_) return end_->error();
      return std::string();
    }
    std::string chunk = std::move(chunks_.front());
    chunks_.pop_front();
    bytes_ -= chunk.size();
    changed_.notify_all();
    return chunk;
  }
  // From any thread.
  void stop() {
    MutexLock lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  bool push(std::string_view chunk) {
    MutexLock lock(mutex_);
    while (bytes_ > bytes_max_ && !stopped_) changed_.wait(mutex_);
    if (stopped_) return false;
    if (!chunk.empty()) chunks_.emplace_back(chunk);
    bytes_ += chunk.size();
    changed_.notify_all();
    return true;
  }

  const std::size_t bytes_max_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<std::string> chunks_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  std::optional<Result<>> end_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace trailkeeper::packs
