#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_set>
#include <variant>
#include <vector>

#include "answer.h"
#include "base/thread_annotations.h"
#include "pool.h"
#include "streamer.h"

namespace trailkeeper::httpd {

class Connection;
class TlsContext;

// What all threads of one server share. Outlives them and every responder.
struct Core {
  explicit Core(ServerSettings s) : settings(std::move(s)) {}
  const ServerSettings settings;
  const Router* router = nullptr;
  std::shared_ptr<TlsContext> tls;
  std::unique_ptr<Pool> pool;
  std::atomic<bool> stopping{false};
  std::atomic<bool> full{false};  // a connection waits for another to end
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> body_bytes{0};
  // Called on an io thread whenever a connection has gone.
  std::function<void()> on_gone;
};

// What other threads hand to an io thread.
struct AnswerReady {
  std::shared_ptr<Connection> connection;
  Answer answer;
};
struct PieceReady {
  std::shared_ptr<Connection> connection;
  std::unique_ptr<Streamer> streamer;
  Result<> filled;
};
using Message = std::variant<AnswerReady, PieceReady, std::function<void()>>;

// One thread that runs the I/O of its connections. All of a connection happens on one thread, so
// nothing in it is locked.
class IoThread {
 public:
  explicit IoThread(std::shared_ptr<Core> core);
  ~IoThread();

  void start();
  // From any thread. Dropped once the thread has ended.
  void post(Message message);
  // False once the thread has ended: then nobody waits for an answer.
  bool open();
  // Lets the thread end when its connections are closed, and waits for it.
  void join();

  // Below: on the thread itself.
  void add(std::shared_ptr<Connection> connection);
  void remove(const std::shared_ptr<Connection>& connection);
  void begin_stop();
  void close_all();
  // Closes the connection that has waited longest for another request.
  void evict_idle();
  boost::asio::io_context& context() { return context_; }
  Core& core() { return *core_; }

 private:
  void drain();
  void deliver(Message& message);
  void tick();

  const std::shared_ptr<Core> core_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_{context_};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> guard_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::thread thread_;
  Mutex mutex_;
  std::vector<Message> inbox_ GUARDED_BY(mutex_);
  bool draining_ GUARDED_BY(mutex_) = false;  // the thread looks into the inbox, or will
  bool open_ GUARDED_BY(mutex_) = true;
};

}  // namespace trailkeeper::httpd
