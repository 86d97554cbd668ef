#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/metrics.h"
#include "base/result.h"
#include "deliver/delivery_views.h"
#include "deliver/ports.h"
#include "schedule/window.h"
#include "settings/outbox.h"

namespace trailkeeper::ledger {
class Ledger;
}
namespace trailkeeper::settings {
class Deliveries;
}

// Deliveries to customers' buckets: destinations, their validation, and the windows that go out.
// DESIGN: "Life of a delivery". Within a stream every entry goes out exactly once, in contiguous
// ranges, with the same bytes on every try.
namespace trailkeeper::deliver {

// An S3-compatible service that the operator allows besides AWS.
struct Endpoint {
  std::string url;                   // as customers name it, such as https://s3.example.com
  std::string sts_url;               // empty: the same
  std::string region = "us-east-1";  // used when the destination names none
};

// What people are told about a destination, by mail.
struct Notice {
  bool works_again = false;  // else: it has stopped
  OrgId org;
  std::string destination;
  std::string place;  // s3://bucket/path/
  std::string reason;
  std::string remedy;
  Timestamp since;                          // when it first failed
  std::optional<Timestamp> data_lost_from;  // when retention would begin to take what waits
};

// An action that the catalogue in the bucket explains.
struct CatalogAction {
  std::string action;
  std::string label;
  std::string area;
  std::string category;
  std::string crud;
  std::string description;
};

struct Settings {
  std::string staging_folder;  // DIR/staging; made when absent
  // The vendor's common role; without it only roles of customers can be used.
  std::string role_arn;
  std::vector<std::string> regions = default_regions();
  std::vector<Endpoint> endpoints{};
  // Who assumes roles of customers, for their trust policies; empty: the account of `role_arn`.
  std::string trust_principal{};
  // Deliveries at a time, and how many more of destinations that are slow or failed.
  int workers = 8;
  int slow_workers = 16;
  // What takes longer counts as slow.
  std::chrono::milliseconds slice{3000};
  // A validation that takes longer ends with the check that did not come to its end.
  std::chrono::milliseconds validation_max{45'000};
  std::uint64_t split_bytes = 256u << 20;  // of uncompressed lines a file
  std::uint64_t part_bytes = 64u << 20;    // larger Parquet files go up in parts of this size
  Duration retry_max = std::chrono::minutes(15);
  Duration probe_interval = std::chrono::minutes(15);  // of a suspended destination
  Duration lag_allowed =
      std::chrono::minutes(5);  // after due, before a destination is shown as lagging
  // Whether the operator lets the org deliver at present; empty: every org. While it is off windows
  // are closed and kept, and nothing is sent. Called from any thread.
  std::function<bool(const OrgId& org)> enabled{};
  // How long the org's entries are kept; without, nothing is said about what may be lost.
  std::function<std::optional<int>(const OrgId& org)> retention_days{};
  // Queues a mail in the transaction.
  std::function<Result<>(settings::WriteTx& tx, const Notice& notice)> tell{};
  Duration tell_interval = std::chrono::hours(24);
  // After this long of failures that may pass by themselves people are told too.
  Duration transient_told_after = std::chrono::hours(4);
  // The actions of the org, for `catalog.json`; without, none is written.
  std::function<Result<std::vector<CatalogAction>>(const OrgId& org)> catalog{};
  static std::vector<std::string> default_regions();
};

// Who asks for a change, for the entry that is committed with it.
struct By {
  settings::Actor actor = settings::system_actor();
  settings::Origin origin{};
};

// Thread-safe. Errors of all calls by id: `not_found`. A change and its entry in the org's trail
// are committed together.
class Deliveries {
 public:
  // Everything given lives longer. `clock` is the business clock.
  static std::unique_ptr<Deliveries> make(Settings settings, settings::Deliveries& state,
                                          Cuts& cuts, RecordSource& source, ObjectSink& sink,
                                          ledger::Ledger& log, const Clock& clock,
                                          metrics::Registry& metrics);
  virtual ~Deliveries() = default;

  // Makes a draft or changes a destination. Of one in use, a new frequency takes effect at once,
  // other values only with activate(). `invalid` with `fields` for what cannot be right. `id`:
  // [A-Za-z0-9_-]{1,64}.
  virtual Result<DestinationView> put(const OrgId& org, const std::string& id,
                                      const DestinationRequest& request, const By& by = {}) = 0;
  virtual Result<DestinationView> get(const OrgId& org, const std::string& id) = 0;
  virtual Result<std::vector<DestinationView>> list(const OrgId& org) = 0;

  // Really tries each permission, in order, and stops at the first that fails. Writes one object,
  // <path>/.trailkeeper-connection-test. Takes seconds: not for a thread that must answer others.
  // `conflict` code `validating` while one runs; `unavailable` code `busy` when several others do.
  virtual Result<Validation> validate(const OrgId& org, const std::string& id,
                                      const By& by = {}) = 0;
  // Starts deliveries with the values shown. `conflict`: code `not_validated` unless their
  // validation passed, `location_claimed` when another destination got the bucket and path
  // meanwhile.
  virtual Result<DestinationView> activate(const OrgId& org, const std::string& id,
                                           const By& by = {}) = 0;
  // `conflict` for a draft.
  virtual Result<DestinationView> pause(const OrgId& org, const std::string& id,
                                        const By& by = {}) = 0;
  virtual Result<DestinationView> resume(const OrgId& org, const std::string& id,
                                         const By& by = {}) = 0;
  virtual Result<DestinationView> try_now(const OrgId& org, const std::string& id,
                                          const By& by = {}) = 0;
  // Delivers what was received since `from` and before the destination's first window, by days.
  // `conflict`: `not_live`, `backfill_running`, `nothing_to_backfill`.
  virtual Result<DestinationView> backfill(const OrgId& org, const std::string& id, Timestamp from,
                                           const By& by = {}) = 0;
  // Delivers a past window once more, below `<path>/replay/`. `conflict`: `not_live`,
  // `not_delivered`, `replay_running`. The new delivery.
  virtual Result<DeliveryView> redeliver(const OrgId& org, const std::string& delivery,
                                         const By& by = {}) = 0;
  // What the filter would have let through on the last full UTC day. Reads at most 200,000 entries.
  virtual Result<DryRun> dry_run(const OrgId& org, const DestinationRequest& request) = 0;
  // Ends deliveries to it for good; what was delivered stays listed.
  virtual Result<> disconnect(const OrgId& org, const std::string& id, const By& by = {}) = 0;

  // `invalid` code `bad_cursor`. An empty destination means all; limit 1..200.
  virtual Result<DeliveryPage> deliveries(const OrgId& org, const std::string& destination,
                                          std::size_t limit, const std::string& cursor) = 0;

  // Logs that are neither signed nor delivered.
  virtual std::vector<StoppedLogView> stopped_logs() const = 0;
  // Stops the org's log, for somebody else than a bucket knows more of it.
  virtual Result<> stop_log(const OrgId& org, const std::string& code,
                            const std::string& reason) = 0;
  // Opens a new log that names the old one, and lets signing and delivery go on: every destination
  // gets a new stream that begins where what is known to be delivered ends. The new epoch.
  // `conflict` code `log_goes_on` when the log is not stopped.
  virtual Result<std::uint32_t> new_epoch(const OrgId& org, const By& by = {}) = 0;

  virtual void start() = 0;
  // Attempts in progress are told to stop, and waited for.
  virtual void stop() = 0;
  // Does everything that is due at the clock's time, in the calling thread. True when something was
  // done. For tests; not together with start().
  virtual bool step() = 0;
};

}  // namespace trailkeeper::deliver
