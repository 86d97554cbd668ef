#pragma once

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace trailkeeper::db {

inline Error remote_error(ErrorKind kind, std::string code, std::string message) {
  return {kind, std::move(code), std::move(message)};
}

// Waits for a socket, a deadline or somebody who gives up.
class RemoteWait {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;

  RemoteWait() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  void cancel() {
    cancelled_ = true;
    std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof(one));
  }
  bool cancelled() const { return cancelled_; }

  Result<> until(int socket, short events, const Deadline& deadline) const {
    while (true) {
      if (cancelled_) return remote_error(ErrorKind::unavailable, "cancelled", "Stopped.");
      int left = -1;
      if (deadline) {
        auto rest = std::chrono::ceil<std::chrono::milliseconds>(*deadline -
                                                                 std::chrono::steady_clock::now());
        if (rest.count() <= 0) {
          return remote_error(ErrorKind::failed, "source_slow", "The database took too long.");
        }
        left = static_cast<int>(std::min<std::int64_t>(rest.count(), 60'000));
      }
      pollfd waiting[2] = {{socket, events, 0}, {wake_.get(), POLLIN, 0}};
      int ready = ::poll(waiting, 2, left);
      if (ready > 0 && waiting[0].revents != 0 && !cancelled_) return {};
      if (ready < 0 && errno != EINTR) {
        return remote_error(ErrorKind::unavailable, "source_cut", "The connection is gone.");
      }
    }
  }

 private:
  FileDescriptor wake_;
  std::atomic<bool> cancelled_{false};
};

// Certificates in memory as a path that a library can read.
class CaFile {
 public:
  explicit CaFile(std::string_view pem) {
    if (pem.empty()) return;
    fd_ = FileDescriptor(::memfd_create("ca", MFD_CLOEXEC));
    while (!pem.empty()) {
      ssize_t put = ::write(fd_.get(), pem.data(), pem.size());
      if (put <= 0) return;
      pem.remove_prefix(put);
    }
  }
  std::string path() const {
    return fd_ ? "/proc/self/fd/" + std::to_string(fd_.get())
               : "/etc/ssl/certs/ca-certificates.crt";
  }

 private:
  FileDescriptor fd_;
};

}  // namespace trailkeeper::db
