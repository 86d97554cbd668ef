#include "io_thread.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "connection.h"
#include "threads.h"

namespace trailkeeper::httpd {

namespace asio = boost::asio;

namespace {
// How exact the timeouts are. One timer for all connections costs nothing per request.
constexpr std::chrono::milliseconds kTick{100};
constexpr int kRounds = 8;
}  // namespace

IoThread::IoThread(std::shared_ptr<Core> core) : core_(std::move(core)) {
  guard_.emplace(asio::make_work_guard(context_));
}

IoThread::~IoThread() = default;

void IoThread::start() {
  tick();
  thread_ = start_thread("http-io", [this] { context_.run(); });
}

void IoThread::post(Message message) {
  {
    MutexLock lock(mutex_);
    if (!open_) return;
    inbox_.push_back(std::move(message));
    // One wake-up for all that comes until nothing is left.
    if (std::exchange(draining_, true)) return;
  }
  // Without the lock, which is the first thing that the woken thread wants.
  asio::post(context_, [this] { drain(); });
}

bool IoThread::open() {
  MutexLock lock(mutex_);
  return open_;
}

void IoThread::join() {
  post(std::function<void()>([this] {
    guard_.reset();
    timer_.cancel();
  }));
  if (thread_.joinable()) thread_.join();
  std::vector<Message> dropped;
  MutexLock lock(mutex_);
  open_ = false;
  dropped.swap(inbox_);
}

// Answers of one commit come one after the other, each while the one before is written. They need
// not wake anyone, but sockets have their turn between.
void IoThread::drain() {
  std::vector<Message> messages;
  for (int round = 0; round < kRounds; ++round) {
    messages.clear();
    {
      MutexLock lock(mutex_);
      messages.swap(inbox_);
      if (messages.empty()) draining_ = false;
    }
    if (messages.empty()) return;
    for (auto& message : messages) deliver(message);
  }
  asio::post(context_, [this] { drain(); });
}

void IoThread::deliver(Message& message) {
  if (auto* ready = std::get_if<AnswerReady>(&message)) {
    ready->connection->on_answer(std::move(ready->answer));
  } else if (auto* piece = std::get_if<PieceReady>(&message)) {
    piece->connection->on_piece(std::move(piece->streamer), std::move(piece->filled));
  } else {
    std::get<std::function<void()>>(message)();
  }
}

void IoThread::add(std::shared_ptr<Connection> connection) {
  connections_.insert(connection);
  connection->start();
}

void IoThread::remove(const std::shared_ptr<Connection>& connection) {
  if (connections_.erase(connection) == 0) return;
  core_->connections.fetch_sub(1);
  if (core_->on_gone) core_->on_gone();
}

void IoThread::begin_stop() {
  auto all = std::vector(connections_.begin(), connections_.end());
  for (auto& connection : all) connection->begin_stop();
}

void IoThread::close_all() {
  auto all = std::vector(connections_.begin(), connections_.end());
  for (auto& connection : all) connection->close();
}

void IoThread::evict_idle() {
  std::shared_ptr<Connection> oldest;
  for (const auto& connection : connections_) {
    if (!connection->idle()) continue;
    if (!oldest || connection->deadline() < oldest->deadline()) oldest = connection;
  }
  if (oldest) oldest->close();
}

void IoThread::tick() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (ec || !guard_) return;
    auto now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<Connection>> late;
    for (const auto& connection : connections_) {
      if (connection->deadline() < now) late.push_back(connection);
    }
    for (auto& connection : late) connection->on_deadline();
    if (core_->full.load()) evict_idle();
    tick();
  });
}

}  // namespace trailkeeper::httpd
