#include "httpd/server.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "connection.h"
#include "io_thread.h"
#include "listener.h"

namespace trailkeeper::httpd {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};  // after the machine ran out of something

// Takes connections from the listening socket and deals them to the io threads. Lives on the first
// of them.
class Acceptor {
 public:
  Acceptor(ListeningSocket socket, std::shared_ptr<Core> core,
           std::vector<std::shared_ptr<IoThread>>& io)
      : socket_(std::move(socket)),
        core_(std::move(core)),
        io_(io),
        ready_(io.front()->context(), ::dup(socket_.fd.get())),
        retry_(io.front()->context()) {}

  const std::string& address() const { return socket_.address; }

  void wait() {
    if (waiting_ || !ready_.is_open()) return;
    waiting_ = true;
    ready_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code ec) {
      waiting_ = false;
      if (!ec) take();
    });
  }

  // A connection has gone: there is room again.
  void resume() {
    if (core_->full.exchange(false)) take();
  }

  // What was accepted by the kernel already is still served; a socket that is not ours keeps its
  // queue for its next user.
  void stop() {
    if (!ready_.is_open()) return;
    error_code ignored;
    ready_.close(ignored);
    retry_.cancel();
    if (!socket_.inherited) {
      int error = 0;
      for (;;) {
        auto accepted = accept_one(socket_, &error);
        if (!accepted.fd) break;
        hand_over(std::move(accepted));
      }
    }
    socket_.fd = FileDescriptor();
    if (!socket_.unlink_path.empty()) ::unlink(socket_.unlink_path.c_str());
  }

 private:
  void take() {
    // A burst is taken in one go, but not at the cost of the connections that are there.
    for (int i = 0; i < 64 && ready_.is_open(); ++i) {
      if (core_->connections.load() >= core_->settings.connections_max) {
        if (somebody_waits()) return wait_for_room();
        break;
      }
      int error = 0;
      auto accepted = accept_one(socket_, &error);
      if (!accepted.fd) {
        if (error == 0) break;
        if (error == ECONNABORTED || error == EINTR) continue;
        return pause(error);
      }
      hand_over(std::move(accepted));
    }
    wait();
  }

  bool somebody_waits() const {
    pollfd waiting{socket_.fd.get(), POLLIN, 0};
    return ::poll(&waiting, 1, 0) > 0;
  }

  // The io threads look for an idle connection to close at each tick, until there is room.
  void wait_for_room() {
    core_->full.store(true);
    io_.front()->evict_idle();
    if (core_->connections.load() < core_->settings.connections_max) resume();
  }

  void pause(int error) {
    log::error("cannot accept connections", {{"reason", std::strerror(error)}});
    retry_.expires_after(kAcceptPause);
    retry_.async_wait([this](error_code ec) {
      if (!ec) take();
    });
  }

  void hand_over(Accepted accepted) {
    core_->connections.fetch_add(1);
    auto io = io_[next_++ % io_.size()];
    auto fd = std::make_shared<FileDescriptor>(std::move(accepted.fd));
    auto open = [io, fd, family = socket_.family, peer = std::move(accepted.peer),
                 core = core_.get()] {
      auto stream = make_stream(io->context(), std::move(*fd), family, core->tls);
      if (!stream) {
        core->connections.fetch_sub(1);
        return;
      }
      io->add(std::make_shared<Connection>(io, std::move(stream), peer));
    };
    if (io == io_.front()) {
      open();
    } else {
      io->post(std::function<void()>(std::move(open)));
    }
  }

  ListeningSocket socket_;
  const std::shared_ptr<Core> core_;
  std::vector<std::shared_ptr<IoThread>>& io_;
  asio::posix::stream_descriptor ready_;
  asio::steady_timer retry_;
  bool waiting_ = false;
  std::size_t next_ = 0;
};

class ServerOnThreads final : public Server {
 public:
  ServerOnThreads(std::shared_ptr<Core> core, ListeningSocket socket) : core_(std::move(core)) {
    for (int i = 0; i < std::max(1, core_->settings.io_threads); ++i) {
      io_.push_back(std::make_shared<IoThread>(core_));
    }
    address_ = socket.address;
    acceptor_ = std::make_unique<Acceptor>(std::move(socket), core_, io_);
    core_->on_gone = [this] { connection_gone(); };
  }

  ~ServerOnThreads() override { stop(std::chrono::milliseconds(0)); }

  void start() override {
    started_ = true;
    for (auto& io : io_) io->start();
    on_first([this] { acceptor_->wait(); });
  }

  void stop(std::chrono::milliseconds grace) override {
    if (stopped_) return;
    stopped_ = true;
    core_->stopping.store(true);
    if (started_) {
      drain(grace);
    } else {
      acceptor_->stop();
    }
    for (auto& io : io_) io->join();
    core_->pool->stop();
    acceptor_.reset();
  }

  std::string address() const override { return address_; }

 private:
  void on_first(std::function<void()> task) { io_.front()->post(std::move(task)); }

  void connection_gone() {
    if (core_->stopping.load()) {
      MutexLock lock(mutex_);
      changed_.notify_all();
    } else if (core_->full.load()) {
      on_first([this] { acceptor_->resume(); });
    }
  }

  void drain(std::chrono::milliseconds grace) {
    {
      MutexLock lock(mutex_);
      threads_to_tell_ = io_.size();
    }
    on_first([this] { acceptor_->stop(); });
    for (auto& io : io_) {
      io->post(std::function<void()>([this, raw = io.get()] {
        raw->begin_stop();
        MutexLock lock(mutex_);
        --threads_to_tell_;
        changed_.notify_all();
      }));
    }
    auto end = std::chrono::steady_clock::now() + grace;
    {
      MutexLock lock(mutex_);
      while (threads_to_tell_ > 0 || core_->connections.load() > 0) {
        if (changed_.wait_until(mutex_, end) == std::cv_status::timeout) break;
      }
    }
    for (auto& io : io_) {
      io->post(std::function<void()>([raw = io.get()] { raw->close_all(); }));
    }
  }

  const std::shared_ptr<Core> core_;
  std::vector<std::shared_ptr<IoThread>> io_;
  std::unique_ptr<Acceptor> acceptor_;
  std::string address_;
  bool started_ = false;
  bool stopped_ = false;
  Mutex mutex_;
  ConditionVariable changed_;
  std::size_t threads_to_tell_ GUARDED_BY(mutex_) = 0;
};

// A client that goes away in the middle of an answer must not end the process.
void ignore_sigpipe() {
  struct sigaction now {};
  if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
    ::signal(SIGPIPE, SIG_IGN);
  }
}

}  // namespace

Result<std::unique_ptr<Server>> Server::create(ServerSettings settings, const Router& router) {
  ignore_sigpipe();
  auto core = std::make_shared<Core>(std::move(settings));
  core->router = &router;
  const auto& own = core->settings;
  if (own.tls) core->tls = TRY(TlsContext::load(*own.tls));
  auto socket =
      TRY(own.inherited_fd >= 0 ? adopt_listener(own.inherited_fd) : open_listener(own.listen));
  core->pool = std::make_unique<Pool>(std::max(1, own.pool_threads), own.pool_queue_max);
  return std::unique_ptr<Server>(
      std::make_unique<ServerOnThreads>(std::move(core), std::move(socket)));
}

}  // namespace trailkeeper::httpd
