#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "base/thread_annotations.h"
#include "turns.h"

namespace trailkeeper::deliver {

struct Lanes {
  int fast = 8;
  int slow = 16;
  // A step that takes longer leaves the fast lane.
  std::chrono::milliseconds slice{3000};
};

// Threads in two lanes that do steps for whichever destination has work, one after the other in
// turn. Steps begin in the fast lane, unless the destination failed or was slow the last time. One
// that takes longer than a slice is moved to the slow lane as it runs; when that is full it is told
// to stop and begins again there. So each place of the fast lane is free again after a slice,
// however many destinations are slow or dead. Thread-safe.
class Pool {
 public:
  // One step; true when there is more to do. Ends soon after `stop` is requested.
  using Step = std::function<bool(const DestinationKey&, const std::stop_token& stop)>;
  Pool(const Lanes& lanes, Step step, metrics::Registry& metrics);
  ~Pool();

  void start();
  // Steps that run are told to stop and waited for; what waits is forgotten.
  void stop();
  void add(const DestinationKey& key, bool failed_before);
  // The step that runs for it, if any, is told to stop.
  void interrupt(const DestinationKey& key);
  // Whether its last step took longer than a slice, or this one does.
  bool is_slow(const DestinationKey& key);

 private:
  // `leaving`: told to stop, and no longer counted in the fast lane.
  enum class Lane { fast, slow, leaving };
  static constexpr int kLanes = 3;
  struct Job {
    DestinationKey key;
    bool failed_before;
  };
  struct Running {
    std::chrono::steady_clock::time_point until;  // of its slice
    Lane lane;
    std::stop_source stop;
  };

  void run();
  void watch();
  std::deque<Job>::iterator next_job() REQUIRES(mutex_);
  Lane lane_of(const Job& job) const REQUIRES(mutex_);
  int& running(Lane lane) REQUIRES(mutex_) { return running_[static_cast<int>(lane)]; }
  void move(Running& step, Lane lane) REQUIRES(mutex_);
  void end_slice(const DestinationKey& key, Running& step) REQUIRES(mutex_);
  void finish(const Job& job, bool more) REQUIRES(mutex_);
  void show() REQUIRES(mutex_);

  const Lanes lanes_;
  const Step step_;
  metrics::Gauge& running_fast_;
  metrics::Gauge& running_slow_;
  metrics::Gauge& waiting_fast_;
  metrics::Gauge& waiting_slow_;
  metrics::Gauge& slow_count_;
  metrics::Counter& moved_;
  metrics::Counter& interrupted_;
  Mutex mutex_;
  ConditionVariable changed_;  // for the threads of the lanes
  ConditionVariable watch_;    // for the one that watches slices
  std::deque<Job> waiting_ GUARDED_BY(mutex_);
  std::set<DestinationKey> known_ GUARDED_BY(mutex_);  // waiting or running
  std::map<DestinationKey, Running> steps_ GUARDED_BY(mutex_);
  std::set<DestinationKey> slow_ GUARDED_BY(mutex_);
  int running_[kLanes] GUARDED_BY(mutex_) = {};
  bool stopping_ GUARDED_BY(mutex_) = true;
  std::vector<std::thread> threads_;
};

}  // namespace trailkeeper::deliver
