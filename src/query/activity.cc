#include "query/activity.h"

#include <algorithm>

namespace trailkeeper::query {
namespace {

constexpr std::chrono::milliseconds kPause{10'000};
constexpr Duration kDay = std::chrono::hours(24);
constexpr std::int64_t kMinutes = 60;
constexpr std::int64_t kHours = 24;

std::int64_t minute_of(Timestamp time) {
  return std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count();
}
std::int64_t hour_of(Timestamp time) {
  return std::chrono::floor<std::chrono::hours>(time.time_since_epoch()).count();
}
Timestamp start_of_minute(std::int64_t index) {
  return Timestamp(std::chrono::duration_cast<Duration>(std::chrono::minutes(index)));
}

// Sets how far it was at the end of `index`, and forgets what lies before the last `kept` ones but
// for the mark that they begin with.
template <typename Marks>
void mark(Marks& marks, std::int64_t index, std::uint64_t seq, std::int64_t kept) {
  if (!marks.empty() && marks.back().index == index) {
    marks.back().seq = seq;
  } else if (marks.empty() || marks.back().seq != seq) {
    marks.push_back({index, seq});
  }
  while (marks.size() > 1 && marks[1].index <= index - kept) marks.pop_front();
}

// How far it was at the end of `index`; where nothing is known, the earliest that is.
template <typename Marks>
std::uint64_t seq_at(const Marks& marks, std::int64_t index) {
  std::uint64_t seq = marks.empty() ? 0 : marks.front().seq;
  for (const auto& one : marks) {
    if (one.index > index) break;
    seq = one.seq;
  }
  return seq;
}

}  // namespace

Activity::Activity(const events::Tallies& tallies, const journal::Journal& journal,
                   const Clock& clock, OrgIds orgs)
    : tallies_(tallies),
      journal_(journal),
      clock_(clock),
      orgs_(std::move(orgs)),
      background_("activity", kPause, [this] {
        step();
        return false;
      }) {}
Activity::~Activity() { stop(); }

void Activity::step() {
  const Timestamp now = clock_.now();
  look_at_orgs(now);
  learn_past(now);
}

void Activity::look_at_orgs(Timestamp now) {
  const std::vector<OrgId> orgs = orgs_();
  const std::int64_t minute = minute_of(now);
  const std::int64_t hour = hour_of(now);
  const MutexLock lock(mutex_);
  const bool first = all_.empty();
  const std::uint64_t committed = journal_.depth().committed;
  if (first) all_.push_back({minute - 1, committed});
  mark(all_, minute, committed, kMinutes);
  recent_.push_back({now, committed});
  while (recent_.size() > 2 && recent_[1].first <= now - std::chrono::minutes(1)) {
    recent_.pop_front();
  }
  for (const OrgId& org : orgs) {
    Track& track = tracks_[org];
    const std::uint64_t seq = journal_.last_seq(org).value;
    if (track.minutes.empty()) {
      // What is there at the first look came before; an organization that is new since came with
      // nothing.
      const std::uint64_t base = first ? seq : 0;
      track.minutes.push_back({minute - 1, base});
      track.hours.push_back({hour - 1, base});
      track.seq = base;
    }
    if (seq != track.seq) track.last_received_at = now;
    track.seq = seq;
    mark(track.minutes, minute, seq, kMinutes);
    mark(track.hours, hour, seq, kHours);
  }
}

void Activity::learn_past(Timestamp now) {
  {
    const MutexLock lock(mutex_);
    if (past_known_) return;
  }
  const auto receipts = tallies_.receipts(now - kDay, now - std::chrono::hours(1));
  if (!receipts) return;  // the store is not there yet; the next step asks again
  const MutexLock lock(mutex_);
  past_known_ = true;
  for (const events::Receipts& one : *receipts) {
    const auto found = tracks_.find(one.org);
    if (found == tracks_.end()) continue;
    Track& track = found->second;
    const std::uint64_t seq = track.seq;
    track.minutes.push_front({minute_of(now) - kMinutes, seq - std::min(seq, one.last_hour)});
    track.hours.push_front({hour_of(now) - kHours, seq - std::min(seq, one.last_day)});
    if (!track.last_received_at) track.last_received_at = one.last_received_at;
  }
}

OrgActivity Activity::of(const OrgId& org) const {
  const Timestamp now = clock_.now();
  OrgActivity activity{.entries = journal_.last_seq(org).value};
  const MutexLock lock(mutex_);
  const auto found = tracks_.find(org);
  if (found == tracks_.end()) return activity;
  const Track& track = found->second;
  activity.last_received_at = track.last_received_at;
  activity.last_hour = activity.entries -
                       std::min(activity.entries, seq_at(track.minutes, minute_of(now) - kMinutes));
  activity.last_day =
      activity.entries - std::min(activity.entries, seq_at(track.hours, hour_of(now) - kHours));
  return activity;
}

IntakeRates Activity::intake() const {
  IntakeRates rates;
  const Timestamp now = clock_.now();
  const MutexLock lock(mutex_);
  if (all_.empty()) return rates;
  const auto& [since, before] = recent_.front();
  const double seconds = std::chrono::duration<double>(now - since).count();
  const std::uint64_t committed = journal_.depth().committed;
  if (seconds > 0) rates.per_second = static_cast<double>(committed - before) / seconds;
  const std::int64_t last = minute_of(now);
  const std::int64_t first = std::max(all_.front().index + 1, last - kMinutes + 1);
  for (std::int64_t index = first; index <= last; ++index) {
    const std::uint64_t end = index == last ? committed : seq_at(all_, index);
    rates.minutes.push_back({start_of_minute(index), end - seq_at(all_, index - 1)});
  }
  const std::int64_t day_ago = hour_of(now) - kHours;
  for (const auto& [org, track] : tracks_) {
    rates.orgs_last_day += track.seq > seq_at(track.hours, day_ago) ? 1 : 0;
  }
  return rates;
}

void Activity::add(Counts& counts, const std::vector<events::SeenAction>& more) {
  for (const events::SeenAction& one : more) {
    events::SeenAction& known = counts[one.action];
    known.action = one.action;
    known.events += one.events;
    known.last_received_at = std::max(known.last_received_at, one.last_received_at);
  }
}

Result<std::vector<events::SeenAction>> Activity::actions() {
  const Timestamp now = clock_.now();
  const MutexLock lock(actions_mutex_);
  // What retention and erasure took away since is no longer counted after a day.
  if (!counted_anew_at_ || *counted_anew_at_ + kDay <= now) {
    counted_.clear();
    counted_to_ = 0;
    counted_anew_at_ = now;
  }
  // Batches that were read back stay as they are; those that follow may still be made again.
  const auto verified = journal_.last_verified();
  if (verified && verified->number > counted_to_) {
    add(counted_, TRY(tallies_.actions(counted_to_, verified->number)));
    counted_to_ = verified->number;
  }
  Counts present = counted_;
  add(present, TRY(tallies_.actions(counted_to_, std::nullopt)));
  std::vector<events::SeenAction> seen;
  for (auto& [name, one] : present) seen.push_back(std::move(one));
  return seen;
}

}  // namespace trailkeeper::query
