#include "query/feed_waiters.h"

#include <pthread.h>

#include <algorithm>
#include <deque>
#include <map>
#include <thread>
#include <tuple>
#include <vector>

#include "base/thread_annotations.h"

namespace trailkeeper::query {
namespace {

using Instant = std::chrono::steady_clock::time_point;

// Those at the same place, with the same filter, are read for once.
using Place = std::tuple<OrgId, Seq, std::size_t, const events::Filter*>;

Place place_of(const FeedRequest& request) {
  return {request.org, request.from.after, request.limit, request.filter.get()};
}

struct Waiter {
  FeedRequest request;
  Instant deadline;
  FeedWaiters::Done done;
  Instant not_before = Instant::min();  // of those with a filter: each is read for by itself
};

using Group = std::vector<Waiter>;

}  // namespace

struct FeedWaiters::Impl {
  Impl(const Feed& given_feed, metrics::Registry& metrics, Settings given)
      : feed(given_feed),
        settings(given),
        gauge(
            metrics.gauge("trailkeeper_feed_waiting", "Readers of feeds that wait for entries.")) {}

  void look_after();
  void read_for_them();
  void sort_out(Instant now) REQUIRES(mutex);
  void answer(Group group, std::uint64_t rung);
  void keep(Waiter waiter, std::uint64_t rung) REQUIRES(mutex);
  void forget(const Waiter& waiter) REQUIRES(mutex);

  const Feed& feed;
  const Settings settings;
  metrics::Gauge& gauge;

  Mutex mutex;
  ConditionVariable changed;  // for the one that looks after them
  ConditionVariable ready_changed;
  bool running GUARDED_BY(mutex) = false;
  std::uint64_t rings GUARDED_BY(mutex) = 0;
  bool look GUARDED_BY(mutex) = false;
  Instant earliest GUARDED_BY(mutex) = Instant::max();  // deadline of those that wait
  std::vector<Waiter> waiting GUARDED_BY(mutex);
  std::deque<Group> ready GUARDED_BY(mutex);
  // Waiting, ready or being read for.
  std::map<OrgId, std::size_t> per_org GUARDED_BY(mutex);
  std::map<OrgId, std::size_t> filtered_per_org GUARDED_BY(mutex);
  std::size_t total GUARDED_BY(mutex) = 0;
  std::vector<std::thread> threads;
};

// Moves those for whom there may be something, and those whose time is over, to the readers.
void FeedWaiters::Impl::sort_out(Instant now) {
  std::map<Place, Group> groups;
  std::vector<Waiter> rest;
  earliest = Instant::max();
  for (Waiter& waiter : waiting) {
    const bool news = feed.committed_beyond(waiter.request.org, waiter.request.from);
    if (!running || waiter.deadline <= now || (news && waiter.not_before <= now)) {
      groups[place_of(waiter.request)].push_back(std::move(waiter));
    } else {
      const Instant again = news ? std::min(waiter.deadline, waiter.not_before) : waiter.deadline;
      earliest = std::min(earliest, again);
      rest.push_back(std::move(waiter));
    }
  }
  waiting = std::move(rest);
  for (auto& [place, group] : groups) ready.push_back(std::move(group));
  if (!groups.empty()) ready_changed.notify_all();
}

void FeedWaiters::Impl::look_after() {
  MutexLock lock(mutex);
  while (running) {
    const Instant now = std::chrono::steady_clock::now();
    if (look || earliest <= now) {
      look = false;
      sort_out(now);
    } else if (earliest == Instant::max()) {
      changed.wait(mutex);
    } else {
      changed.wait_until(mutex, earliest);
    }
  }
  sort_out(std::chrono::steady_clock::now());
  ready_changed.notify_all();
}

void FeedWaiters::Impl::read_for_them() {
  for (;;) {
    Group group;
    std::uint64_t rung = 0;
    {
      MutexLock lock(mutex);
      while (ready.empty()) {
        if (!running && waiting.empty()) return;
        ready_changed.wait(mutex);
      }
      group = std::move(ready.front());
      ready.pop_front();
      rung = rings;
    }
    answer(std::move(group), rung);
  }
}

void FeedWaiters::Impl::answer(Group group, std::uint64_t rung) {
  FeedRequest request = group.front().request;
  request.from.watermark = Timestamp{};  // each keeps the later of its own and what is found now
  const Result<FeedPage> page = feed.read(request);
  const bool nothing = page && page->records.empty();
  const bool missing = !page && page.error().code == "entry_missing";
  const Instant now = std::chrono::steady_clock::now();
  std::vector<Waiter> answered;
  {
    MutexLock lock(mutex);
    for (Waiter& waiter : group) {
      if (running && (nothing || missing) && waiter.deadline > now) {
        if (waiter.request.filter) {
          if (nothing) waiter.request.from.after = page->next.after;
          waiter.not_before = now + settings.filtered_pause;
        }
        keep(std::move(waiter), rung);
      } else {
        forget(waiter);
        answered.push_back(std::move(waiter));
      }
    }
    gauge.set(static_cast<double>(total));
  }
  for (const Waiter& waiter : answered) waiter.done(page);
}

// A ring during the reading may have been for what was read too early: then it is read again.
void FeedWaiters::Impl::keep(Waiter waiter, std::uint64_t rung) {
  earliest = std::min(earliest, waiter.deadline);
  // What is left of the backlog is looked for again without a ring.
  if (waiter.request.filter) earliest = std::min(earliest, waiter.not_before);
  waiting.push_back(std::move(waiter));
  if (rung != rings) look = true;
  changed.notify_all();
}

void FeedWaiters::Impl::forget(const Waiter& waiter) {
  --total;
  auto& counts = waiter.request.filter ? filtered_per_org : per_org;
  const auto found = counts.find(waiter.request.org);
  if (--found->second == 0) counts.erase(found);
}

FeedWaiters::FeedWaiters(const Feed& feed, metrics::Registry& metrics, Settings settings)
    : impl_(std::make_unique<Impl>(feed, metrics, settings)) {}

FeedWaiters::~FeedWaiters() { stop(); }

void FeedWaiters::start() {
  {
    MutexLock lock(impl_->mutex);
    if (impl_->running) return;
    impl_->running = true;
  }
  Impl* impl = impl_.get();
  impl->threads.emplace_back([impl] {
    ::pthread_setname_np(::pthread_self(), "feed-wait");
    impl->look_after();
  });
  for (std::size_t i = 0; i < impl->settings.readers; ++i) {
    impl->threads.emplace_back([impl] {
      ::pthread_setname_np(::pthread_self(), "feed-read");
      impl->read_for_them();
    });
  }
}

void FeedWaiters::stop() {
  {
    MutexLock lock(impl_->mutex);
    impl_->running = false;
    impl_->changed.notify_all();
    impl_->ready_changed.notify_all();
  }
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

Result<> FeedWaiters::wait(FeedRequest request, std::chrono::milliseconds patience, Done done) {
  MutexLock lock(impl_->mutex);
  auto& counts = request.filter ? impl_->filtered_per_org : impl_->per_org;
  const std::size_t org_max =
      request.filter ? impl_->settings.filtered_per_org_max : impl_->settings.waiters_per_org_max;
  const auto in_org = counts.find(request.org);
  const std::size_t org_total = in_org == counts.end() ? 0 : in_org->second;
  if (!impl_->running || impl_->total >= impl_->settings.waiters_max || org_total >= org_max) {
    return Error{ErrorKind::unavailable,
                 "too_many_readers",
                 "Too many readers are waiting; ask again, or without 'wait'.",
                 {},
                 std::chrono::seconds(2)};
  }
  ++impl_->total;
  ++counts[request.org];
  impl_->gauge.set(static_cast<double>(impl_->total));
  // What came between the caller's own look and now was perhaps rung for already.
  if (impl_->feed.committed_beyond(request.org, request.from)) impl_->look = true;
  const Instant deadline = std::chrono::steady_clock::now() + patience;
  const bool first_due = deadline < impl_->earliest;
  if (first_due) impl_->earliest = deadline;
  impl_->waiting.push_back({std::move(request), deadline, std::move(done)});
  if (first_due || impl_->look) impl_->changed.notify_all();
  return {};
}

void FeedWaiters::ring() {
  {
    MutexLock lock(impl_->mutex);
    ++impl_->rings;
    if (impl_->waiting.empty()) return;
    impl_->look = true;
  }
  impl_->changed.notify_all();
}

}  // namespace trailkeeper::query
