#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/background.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "events/store.h"
#include "events/tallies.h"
#include "journal/journal.h"

// How much comes in, of which organizations and actions: for operators. It is kept up to date in
// memory by looking at the journal once a minute; the event store is asked once for what was before
// the start, and afterwards for its newest batches only.
namespace trailkeeper::query {

struct OrgActivity {
  std::uint64_t entries = 0;                    // ever; the last seq
  std::optional<Timestamp> last_received_at{};  // to about a minute
  std::uint64_t last_hour = 0;
  std::uint64_t last_day = 0;
};

struct IntakeMinute {
  Timestamp start;
  std::uint64_t entries = 0;
};

struct IntakeRates {
  double per_second = 0;              // of the last minute
  std::vector<IntakeMinute> minutes;  // the last 60, oldest first; fewer after a start
  std::uint64_t orgs_last_day = 0;    // that sent something
};

// Thread-safe.
class Activity {
 public:
  using OrgIds = std::function<std::vector<OrgId>()>;

  Activity(const events::Tallies& tallies, const journal::Journal& journal, const Clock& clock,
           OrgIds orgs);
  ~Activity();

  void start() { background_.start(); }
  void stop() { background_.stop(); }

  // Quick.
  OrgActivity of(const OrgId& org) const;
  IntakeRates intake() const;

  // The actions of all organizations by name, with how often and when last they were received; as
  // it is at this moment. Blocks on the event store, for as much as came in since the last call.
  Result<std::vector<events::SeenAction>> actions();

  // One look at the journal; what start() does every few seconds. For tests.
  void step();

 private:
  // How far an organization was at the end of a minute or an hour.
  struct Mark {
    std::int64_t index = 0;  // of the minute or hour since 1970
    std::uint64_t seq = 0;
  };
  struct Track {
    std::uint64_t seq = 0;
    std::optional<Timestamp> last_received_at{};
    std::deque<Mark> minutes{};  // of the last hour, those in which something came
    std::deque<Mark> hours{};    // of the last day
  };
  using Counts = std::map<std::string, events::SeenAction>;

  void look_at_orgs(Timestamp now) EXCLUDES(mutex_);
  void learn_past(Timestamp now) EXCLUDES(mutex_);
  static void add(Counts& counts, const std::vector<events::SeenAction>& more);

  const events::Tallies& tallies_;
  const journal::Journal& journal_;
  const Clock& clock_;
  const OrgIds orgs_;

  mutable Mutex mutex_;
  std::unordered_map<OrgId, Track> tracks_ GUARDED_BY(mutex_);
  std::deque<Mark> all_ GUARDED_BY(mutex_);  // committed positions at the end of minutes
  // The same of the last minute, look by look.
  std::deque<std::pair<Timestamp, std::uint64_t>> recent_ GUARDED_BY(mutex_);
  bool past_known_ GUARDED_BY(mutex_) = false;

  Mutex actions_mutex_;                        // one recount at a time
  Counts counted_ GUARDED_BY(actions_mutex_);  // of the batches up to counted_to_
  std::uint64_t counted_to_ GUARDED_BY(actions_mutex_) = 0;
  std::optional<Timestamp> counted_anew_at_ GUARDED_BY(actions_mutex_);

  Background background_;
};

}  // namespace trailkeeper::query
