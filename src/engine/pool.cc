#include "pool.h"

#include <algorithm>

#include "base/log.h"

namespace trailkeeper::engine {

Result<std::unique_ptr<Pool>> Pool::open(std::size_t size, Opener opener) {
  std::unique_ptr<Pool> pool(new Pool(size, std::move(opener)));
  for (std::size_t i = 0; i < size; ++i) {
    auto connection = pool->opener_();
    if (!connection) return std::move(connection).error();
    MutexLock lock(pool->mutex_);
    pool->idle_.push_back(*std::move(connection));
  }
  return pool;
}

std::optional<Pool::Lease> Pool::acquire(std::chrono::milliseconds wait, const Settings& settings) {
  const auto until = std::chrono::steady_clock::now() + wait;
  MutexLock lock(mutex_);
  while (idle_.empty()) {
    if (freed_.wait_until(mutex_, until) == std::cv_status::timeout && idle_.empty())
      return std::nullopt;
  }
  auto chosen = std::ranges::find_if(
      idle_, [&](const auto& connection) { return connection->has(settings); });
  if (chosen == idle_.end()) chosen = idle_.begin();
  std::unique_ptr<Connection> connection = std::move(*chosen);
  idle_.erase(chosen);
  return Lease(this, std::move(connection));
}

std::size_t Pool::idle() const {
  MutexLock lock(mutex_);
  return idle_.size();
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  if (!connection->usable()) {
    // The new one is opened before the old one is closed: the engine shuts down with its last
    // connection.
    auto fresh = opener_();
    if (fresh) {
      connection = *std::move(fresh);
    } else {
      log::error("a session of the engine could not be opened again",
                 {{"error", fresh.error().message}});
    }
  }
  MutexLock lock(mutex_);
  idle_.push_back(std::move(connection));
  freed_.notify_one();
}

}  // namespace trailkeeper::engine
