#pragma once

#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "deliver/deliveries.h"
#include "deliver/ports.h"
#include "settings/deliveries.h"
#include "stager.h"
#include "stopped_logs.h"
#include "turns.h"

namespace trailkeeper::deliver {

// Does the next thing that a destination needs: opens its stream, closes its windows, sends the
// oldest one. Holds nothing between calls; everything is in the settings. Thread-safe for different
// destinations.
class Worker {
 public:
  Worker(const Settings& settings, settings::Deliveries& state, Cuts& cuts, RecordSource& source,
         ObjectSink& sink, ledger::Ledger& log, StoppedLogs& stopped, const Clock& clock,
         metrics::Registry& metrics);

  // Before the log is signed for the first time: those of `live` must be compared with their
  // buckets first.
  void hold_unlooked(const std::vector<settings::Destination>& live);
  // Whether process() would find something to do at this time.
  bool has_work(const settings::Destination& destination);
  // True when something was done and there may be more. Errors of the settings database only. What
  // `stop` interrupts counts as no failure: it is done again.
  Result<bool> process(const OrgId& org, const std::string& id, const std::stop_token& stop = {});
  // Before a destination leaves its location: settles what became of the window that was being
  // sent. True when it cannot be known.
  Result<bool> settle_before_move(const settings::Destination& destination);
  // Its log waits no longer for it.
  void let_go(const OrgId& org, const std::string& id);
  // After the org's log was opened anew: its buckets are compared once more.
  void forget_comparisons(const OrgId& org);
  // Removes what windows left on disk that are delivered or given up.
  void clean_staging();
  // Closed windows get their rows, those of paused and suspended destinations too.
  Result<bool> close_windows(const settings::Destination& destination,
                             const settings::Stream& stream);

 private:
  // A destination while one step is done for it.
  struct Task {
    const settings::Destination& destination;
    const std::stop_token& stop;
  };
  struct Attempt {
    const settings::Destination& destination;
    const settings::Stream& stream;
    settings::DeliveryWindow window;
    SinkTarget target;
    std::string request_id;
  };

  bool main_has_work(const settings::Destination& destination, const settings::Stream& stream);
  bool may_send(const settings::Destination& destination) const;
  Result<bool> work_on_side(const Task& task, const settings::Stream& stream);
  Result<bool> close_past_windows(const settings::Stream& stream);
  Result<bool> open_stream(const settings::Stream& stream);
  Result<bool> send_next(const Task& task, const settings::Stream& stream);
  SinkTarget target_of(const Task& task, const settings::Stream& stream) const;
  Result<> attempt(Attempt attempt);
  Result<std::optional<SinkFailure>> stage(Attempt& attempt);
  Result<std::optional<SinkFailure>> send_objects(Attempt& attempt);
  std::optional<SinkFailure> send_object(Attempt& attempt, const settings::StagedObject& object);
  // As it goes to the bucket.
  SinkObject sink_object(const Attempt& attempt, const settings::StagedObject& object) const;
  std::optional<SinkFailure> restage(Attempt& attempt);
  Result<> finish(const Attempt& attempt, const std::optional<SinkFailure>& failure,
                  std::int64_t duration_ms);
  bool enabled(const OrgId& org) const;
  bool must_tell(const settings::Destination& destination, const SinkFailure& failure) const;
  settings::Deliveries::Also telling(const Attempt& attempt, const settings::AttemptResult& result,
                                     const std::optional<SinkFailure>& failure) const;
  // What a bucket holds that this server does not know.
  struct Ahead {
    std::optional<SinkFailure> failure{};
    std::string key{};  // of a manifest or replay; empty: nothing
    std::int64_t highest_stream = 0;
  };
  std::optional<SinkFailure> list_all(const SinkTarget& target, const std::string& prefix,
                                      std::string after,
                                      const std::function<bool(const ListedObject&)>& use);
  std::string look_after(const settings::Stream& stream);
  Result<Ahead> look_ahead(const SinkTarget& target, const settings::Stream& stream);
  std::optional<SinkFailure> compare_bucket(const SinkTarget& target,
                                            const settings::Stream& stream);
  bool to_be_looked_at(const settings::Destination& destination) const;
  bool waits_for_look(const settings::Destination& destination);
  Result<bool> first_look(const Task& task);
  bool comparison_due(const settings::Destination& destination);
  Result<> compare_delivered(const Task& task);
  Result<std::optional<SinkFailure>> compare_windows(
      const Task& task, const settings::Stream& stream,
      const std::vector<settings::DeliveryRecord>& windows);
  settings::Presence presence_of(const settings::Destination& destination,
                                 const settings::DeliveryRecord& record,
                                 const std::map<std::string, ListedObject>& there) const;
  Result<std::optional<ManifestProof>> proof_of(const settings::Stream& stream,
                                                const settings::DeliveryWindow& window);
  // Overwrites a small object that helps readers; nothing waits for it.
  bool put_help(const Attempt& attempt, const std::string& key, const std::string& content);
  void put_heartbeat(const Attempt& attempt);
  void put_catalog(const Attempt& attempt);
  std::optional<SinkFailure> look_at_openness(const Attempt& attempt);
  Result<PreviousManifest> previous_manifest(const settings::Stream& stream,
                                             const settings::DeliveryWindow& window);
  Timestamp next_attempt(const settings::Destination& destination,
                         const SinkFailure& failure) const;

  const Settings& settings_;
  settings::Deliveries& state_;
  Cuts& cuts_;
  RecordSource& source_;
  ObjectSink& sink_;
  ledger::Ledger& log_;
  StoppedLogs& stopped_;
  const Clock& clock_;
  Stager stager_;
  metrics::Counter& delivered_;
  metrics::Counter& failed_transient_;
  metrics::Counter& failed_customer_;
  metrics::Counter& failed_ours_;
  Mutex mutex_;
  // When each location was last seen to be closed to other customers.
  std::map<DestinationKey, Timestamp> seen_closed_ GUARDED_BY(mutex_);
  // Streams that were compared with their bucket since the start.
  std::set<std::int64_t> compared_ GUARDED_BY(mutex_);
  // Destinations that were not yet compared since the start, while their log is held.
  std::map<OrgId, std::set<std::string>> waiting_ GUARDED_BY(mutex_);
  // When a look that failed is tried again.
  std::map<DestinationKey, Timestamp> compare_again_ GUARDED_BY(mutex_);
  // The catalogue that each destination has.
  std::map<DestinationKey, Sha256Digest> catalogs_ GUARDED_BY(mutex_);
};

std::string manifest_prefix(const std::string& path);

// A bucket that vanished may have been made again by a stranger; only its owner's account id would
// tell.
bool bucket_vanished(const settings::S3Target& target, const std::string& code);

}  // namespace trailkeeper::deliver
