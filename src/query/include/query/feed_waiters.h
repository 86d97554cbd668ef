#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/metrics.h"
#include "base/result.h"
#include "query/feed.h"

namespace trailkeeper::query {

// Readers of feeds that wait for their next entry (long poll). A waiting reader costs some memory
// and no thread: one thread looks after all of them, a few others read the store for those whose
// org has something new, once for all that wait at the same place (and with the same filter).
class FeedWaiters {
 public:
  struct Settings {
    std::size_t waiters_max = 3000;
    std::size_t waiters_per_org_max = 1500;
    std::size_t readers = 2;  // threads
    // Those with a filter cost a query each: so many of an org, each no more often than this.
    std::size_t filtered_per_org_max = 100;
    std::chrono::milliseconds filtered_pause{1000};
  };
  // What a reader is given; called once, from a thread of this object, which it must not hold up.
  // The page is empty when nothing came in time. Its watermark is that of the reading alone:
  // whoever was promised a later one keeps that.
  using Done = std::function<void(const Result<FeedPage>&)>;

  FeedWaiters(const Feed& feed, metrics::Registry& metrics, Settings settings);
  ~FeedWaiters();
  FeedWaiters(const FeedWaiters&) = delete;
  FeedWaiters& operator=(const FeedWaiters&) = delete;

  void start();
  // Answers all that wait, with what is there, and takes no more.
  void stop();

  // Calls `done` as soon as there are entries for `request`, at the latest after `patience`.
  // Errors, without a call of `done`: `unavailable` (`too_many_readers`), also after stop().
  Result<> wait(FeedRequest request, std::chrono::milliseconds patience, Done done);

  // New rows can be read, whosever they are. Any thread; quick.
  void ring();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::query
