#include "watch.h"

#include <fcntl.h>
#include <sys/socket.h>

namespace trailkeeper::sftp {

Watch::Watch(int socket)
    : socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)), thread_([this] { run(); }) {}

Watch::~Watch() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watch::begin(std::chrono::milliseconds limit) {
  {
    std::lock_guard lock(mutex_);
    deadline_ = std::chrono::steady_clock::now() + limit;
  }
  changed_.notify_one();
}

void Watch::end() {
  // The thread wakes at the old deadline, finds none and waits on.
  std::lock_guard lock(mutex_);
  deadline_ = std::chrono::steady_clock::time_point::max();
}

void Watch::cancel() {
  cancelled_ = true;
  ::shutdown(socket_.get(), SHUT_RDWR);
}

void Watch::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    auto now = std::chrono::steady_clock::now();
    if (deadline_ <= now) {
      timed_out_ = true;
      deadline_ = std::chrono::steady_clock::time_point::max();
      ::shutdown(socket_.get(), SHUT_RDWR);
    } else if (deadline_ == std::chrono::steady_clock::time_point::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, deadline_);
    }
  }
}

}  // namespace trailkeeper::sftp
