#include "pool.h"

#include <algorithm>

namespace trailkeeper::deliver {
namespace {

constexpr char kRunning[] = "trailkeeper_delivery_steps_running";
constexpr char kRunningHelp[] = "Steps of deliveries in progress, by lane.";
constexpr char kWaiting[] = "trailkeeper_delivery_steps_waiting";
constexpr char kWaitingHelp[] = "Destinations that wait for a place in a lane.";

Lanes sane(Lanes lanes) {
  lanes.fast = std::max(lanes.fast, 1);
  lanes.slow = std::max(lanes.slow, 1);
  return lanes;
}

}  // namespace

Pool::Pool(const Lanes& lanes, Step step, metrics::Registry& metrics)
    : lanes_(sane(lanes)),
      step_(std::move(step)),
      running_fast_(metrics.gauge(kRunning, kRunningHelp, {{"lane", "fast"}})),
      running_slow_(metrics.gauge(kRunning, kRunningHelp, {{"lane", "slow"}})),
      waiting_fast_(metrics.gauge(kWaiting, kWaitingHelp, {{"lane", "fast"}})),
      waiting_slow_(metrics.gauge(kWaiting, kWaitingHelp, {{"lane", "slow"}})),
      slow_count_(metrics.gauge("trailkeeper_destinations_slow",
                                "Destinations whose last step took longer than a slice.")),
      moved_(metrics.counter("trailkeeper_delivery_steps_moved_total",
                             "Steps that were moved to the slow lane as they ran.")),
      interrupted_(metrics.counter(
          "trailkeeper_delivery_steps_interrupted_total",
          "Steps that were told to stop and begin again because the slow lane was full.")) {}

Pool::~Pool() { stop(); }

void Pool::start() {
  {
    const MutexLock lock(mutex_);
    stopping_ = false;
  }
  // As many again may be leaving as the slow lane has places.
  const int count = lanes_.fast + 2 * lanes_.slow;
  for (int i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
  threads_.emplace_back([this] { watch(); });
}

void Pool::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    waiting_.clear();
    known_.clear();
    for (auto& [key, step] : steps_) step.stop.request_stop();
  }
  changed_.notify_all();
  watch_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Pool::add(const DestinationKey& key, bool failed_before) {
  {
    const MutexLock lock(mutex_);
    if (stopping_ || !known_.insert(key).second) return;
    waiting_.push_back({key, failed_before});
  }
  changed_.notify_one();
}

void Pool::interrupt(const DestinationKey& key) {
  const MutexLock lock(mutex_);
  if (const auto found = steps_.find(key); found != steps_.end()) found->second.stop.request_stop();
}

bool Pool::is_slow(const DestinationKey& key) {
  const MutexLock lock(mutex_);
  return slow_.contains(key);
}

Pool::Lane Pool::lane_of(const Job& job) const {
  return job.failed_before || slow_.contains(job.key) ? Lane::slow : Lane::fast;
}

std::deque<Pool::Job>::iterator Pool::next_job() {
  auto job = waiting_.begin();
  for (; job != waiting_.end(); ++job) {
    const Lane lane = lane_of(*job);
    if (running(lane) < (lane == Lane::fast ? lanes_.fast : lanes_.slow)) break;
  }
  return job;
}

void Pool::move(Running& step, Lane lane) {
  --running(step.lane);
  step.lane = lane;
  ++running(lane);
}

void Pool::end_slice(const DestinationKey& key, Running& step) {
  slow_.insert(key);
  if (running(Lane::slow) < lanes_.slow) {
    move(step, Lane::slow);
    moved_.add();
  } else if (running(Lane::leaving) < lanes_.slow) {
    step.stop.request_stop();
    move(step, Lane::leaving);
    interrupted_.add();
  }
}

// The steps of the fast lane whose slice is over.
void Pool::watch() {
  mutex_.lock();
  while (!stopping_) {
    const auto now = std::chrono::steady_clock::now();
    auto next = now + lanes_.slice;
    bool freed = false;
    for (auto& [key, step] : steps_) {
      if (step.lane != Lane::fast) continue;
      if (step.until > now) {
        next = std::min(next, step.until);
        continue;
      }
      end_slice(key, step);
      freed = freed || step.lane != Lane::fast;
    }
    show();
    if (freed) changed_.notify_all();
    watch_.wait_until(mutex_, next);
  }
  mutex_.unlock();
}

void Pool::finish(const Job& job, bool more) {
  const auto found = steps_.find(job.key);
  --running(found->second.lane);
  const bool in_time = std::chrono::steady_clock::now() < found->second.until;
  steps_.erase(found);
  if (in_time) {
    slow_.erase(job.key);
  } else {
    slow_.insert(job.key);
  }
  known_.erase(job.key);
  // In turn: others that wait come first.
  if (more && !stopping_) {
    known_.insert(job.key);
    waiting_.push_back(job);
  }
}

void Pool::show() {
  int slow = 0;
  for (const Job& job : waiting_) slow += lane_of(job) == Lane::slow ? 1 : 0;
  running_fast_.set(running(Lane::fast));
  running_slow_.set(running(Lane::slow) + running(Lane::leaving));
  waiting_fast_.set(static_cast<double>(waiting_.size()) - slow);
  waiting_slow_.set(slow);
  slow_count_.set(static_cast<double>(slow_.size()));
}

void Pool::run() {
  mutex_.lock();
  while (!stopping_) {
    const auto found = next_job();
    if (found == waiting_.end()) {
      changed_.wait(mutex_);
      continue;
    }
    const Job job = *found;
    waiting_.erase(found);
    Running step{std::chrono::steady_clock::now() + lanes_.slice, lane_of(job), {}};
    ++running(step.lane);
    const std::stop_token stop = step.stop.get_token();
    steps_.insert_or_assign(job.key, std::move(step));
    mutex_.unlock();
    const bool more = step_(job.key, stop);
    mutex_.lock();
    finish(job, more);
    // This thread takes what the free place lets in; another what has become free to go elsewhere.
    changed_.notify_one();
  }
  mutex_.unlock();
}

}  // namespace trailkeeper::deliver
