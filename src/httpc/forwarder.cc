#include "httpc/forwarder.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"

namespace trailkeeper::httpc {
namespace {

constexpr std::size_t kConnectionsMax = 64;
constexpr std::size_t kBuffer = 256u << 10;
constexpr int kConnectMs = 10'000;

Error no_connection(int error) {
  return {ErrorKind::unavailable, "connect", strerrordesc_np(error)};
}

// What was read on one side and is to be written on the other.
class Flow {
 public:
  Flow(int from, int to) : from_(from), to_(to), bytes_(kBuffer) {}

  bool ended() const { return ended_ && begin_ == end_; }
  short wants_of_source() const { return !ended_ && end_ == 0 ? POLLIN : 0; }
  short wants_of_target() const { return begin_ < end_ ? POLLOUT : 0; }

  // Moves what can be moved; false when a side is broken.
  bool move() {
    if (!ended_ && end_ == 0 && !fill()) return false;
    while (begin_ < end_) {
      const ssize_t sent = send(to_, bytes_.data() + begin_, end_ - begin_, MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN || errno == EINTR;
      begin_ += static_cast<std::size_t>(sent);
    }
    begin_ = end_ = 0;
    if (ended_ && !told_) {
      told_ = true;
      shutdown(to_, SHUT_WR);
    }
    return true;
  }

 private:
  bool fill() {
    const ssize_t got = recv(from_, bytes_.data(), bytes_.size(), 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) ended_ = true;
    end_ = static_cast<std::size_t>(got);
    return true;
  }

  const int from_, to_;
  std::vector<char> bytes_;
  std::size_t begin_ = 0, end_ = 0;
  bool ended_ = false, told_ = false;
};

void relay(int one, int other, int stop) {
  Flow there(one, other), back(other, one);
  while (!there.ended() || !back.ended()) {
    std::array<pollfd, 3> wait{{
        {one, static_cast<short>(there.wants_of_source() | back.wants_of_target()), 0},
        {other, static_cast<short>(back.wants_of_source() | there.wants_of_target()), 0},
        {stop, POLLIN, 0},
    }};
    // A side that only waits for its end has nothing to say; a broken one still shows.
    for (pollfd& side : wait)
      if (side.events == 0) side.fd = -1;
    if (poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR) return;
    if (wait[2].revents != 0 || !there.move() || !back.move()) return;
  }
}

}  // namespace

Result<FileDescriptor> connect_numeric(const std::string& address, int port, int limit_ms,
                                       int stop) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<std::uint16_t>(port));
    size = sizeof(*v4);
  } else if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<std::uint16_t>(port));
    size = sizeof(*v6);
  } else {
    return no_connection(EINVAL);
  }
  FileDescriptor made(socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) return no_connection(errno);
  const int on = 1;
  setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (connect(made.get(), reinterpret_cast<const sockaddr*>(&storage), size) == 0) return made;
  if (errno != EINPROGRESS) return no_connection(errno);
  std::array<pollfd, 2> wait{{{made.get(), POLLOUT, 0}, {stop, POLLIN, 0}}};
  const int ready = poll(wait.data(), wait.size(), limit_ms);
  if (ready == 0) return no_connection(ETIMEDOUT);
  if (ready < 0 || wait[1].revents != 0) return no_connection(ECANCELED);
  int error = 0;
  socklen_t error_size = sizeof(error);
  getsockopt(made.get(), SOL_SOCKET, SO_ERROR, &error, &error_size);
  if (error != 0) return no_connection(error);
  return made;
}

struct Forwarder::Impl {
  Impl(FileDescriptor given, std::string to, int to_port)
      : listener(std::move(given)),
        stop(eventfd(0, EFD_CLOEXEC)),
        address(std::move(to)),
        port(to_port),
        thread([this] { accept_all(); }) {}

  ~Impl() {
    const std::uint64_t one = 1;
    (void)!write(stop.get(), &one, sizeof(one));
    thread.join();
    for (Connection& connection : open) connection.thread.join();
  }

  struct Connection {
    std::atomic<bool> done{false};
    std::thread thread{};
  };

  void accept_all() {
    for (;;) {
      std::array<pollfd, 2> wait{{{listener.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}}};
      if (poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR) return;
      if (wait[1].revents != 0) return;
      if (wait[0].revents == 0) continue;
      FileDescriptor one(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      open.remove_if([](Connection& connection) {
        if (!connection.done) return false;
        connection.thread.join();
        return true;
      });
      if (!one || open.size() >= kConnectionsMax) continue;
      Connection& made = open.emplace_back();
      made.thread = std::thread([this, &made, inner = std::move(one)]() mutable {
        serve(std::move(inner));
        made.done = true;
      });
    }
  }

  void serve(FileDescriptor inner) {
    auto outer = connect_numeric(address, port, kConnectMs, stop.get());
    if (!outer) {
      const MutexLock lock(mutex);
      error = outer.error().message;
      return;
    }
    ++connections;
    relay(inner.get(), outer->get(), stop.get());
  }

  const FileDescriptor listener;
  const FileDescriptor stop;  // readable from the end on
  const std::string address;
  const int port;
  std::atomic<std::uint64_t> connections{0};
  mutable Mutex mutex;
  std::string error GUARDED_BY(mutex);
  std::list<Connection> open;  // of the accepting thread
  std::thread thread;          // last, so that it begins with everything there
};

Forwarder::Forwarder(FileDescriptor listener, std::string address, int port)
    : impl_(std::make_unique<Impl>(std::move(listener), std::move(address), port)) {}
Forwarder::~Forwarder() = default;

std::uint64_t Forwarder::connections() const { return impl_->connections; }
std::string Forwarder::connect_error() const {
  const MutexLock lock(impl_->mutex);
  return impl_->error;
}

}  // namespace trailkeeper::httpc
