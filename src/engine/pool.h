#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/thread_annotations.h"
#include "connection.h"

namespace trailkeeper::engine {

// The engine's sessions. The only way to one is a lease, and a lease is one thread's at a time
// because it can only be moved. Thread-safe; must outlive its leases.
class Pool {
 public:
  class Lease {
   public:
    Lease(Lease&& other) noexcept : pool_(other.pool_), connection_(std::move(other.connection_)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    friend class Pool;
    Lease(Pool* pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  using Opener = std::function<Result<std::unique_ptr<Connection>>()>;

  // Opens `size` connections at once, so that a later failure is not the first request's.
  static Result<std::unique_ptr<Pool>> open(std::size_t size, Opener opener);

  // Waits for a free one; empty when `wait` passed. One where these settings hold already is
  // preferred, because changing them costs as much as a small query; else the one that has been
  // idle longest.
  std::optional<Lease> acquire(std::chrono::milliseconds wait, const Settings& settings);

  std::size_t size() const { return size_; }
  std::size_t idle() const;

 private:
  Pool(std::size_t size, Opener opener) : size_(size), opener_(std::move(opener)) {}
  void give_back(std::unique_ptr<Connection> connection);

  const std::size_t size_;
  const Opener opener_;
  mutable Mutex mutex_;
  ConditionVariable freed_;
  std::vector<std::unique_ptr<Connection>> idle_ GUARDED_BY(mutex_);  // longest idle first
};

}  // namespace trailkeeper::engine
