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
  int workers = 4;
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

// What a person enters. PUT replaces all of it.
struct DestinationRequest {
  std::string bucket;
  std::string region;
  std::string endpoint;
  std::string account_id;
  std::string path = "trailkeeper";
  schedule::Frequency frequency = schedule::Frequency::hourly;
  std::string role_arn;
  bool path_style = false;
  std::string encryption{};  // empty: the bucket's default; s3, kms
  std::string kms_key{};
  std::string form = "jsonl";        // jsonl, ocsf, csv, parquet
  std::string compression = "gzip";  // gzip, zstd
  DeliveryFilter filter{};
};

struct Check {
  // Stable, snake_case: values, location, reachable, external_id, assume_role, region, owner,
  // other_session_list, list, other_session_put, put, put_acl, encryption, conditional_put.
  std::string name;
  bool ok = false;
  std::string detail;
  std::string remedy;  // empty when ok
  std::string request_id;
  std::int64_t duration_ms = 0;
  std::string change{};            // the smallest statement of a policy that would mend it, JSON
  std::string suggested_region{};  // the bucket's own
  bool checked = true;  // false: there was nothing to check it with, so `ok` says nothing
};

struct Validation {
  bool ok = false;
  std::vector<Check> checks;
};

// What the bucket's owner sets up, ready to copy.
struct SetupDocument {
  std::string name;      // json, json_user_id, optional, terraform, cloudformation, cli; for a role
                         // of the customer also trust
  std::string language;  // json, hcl, yaml, sh
  std::string text;
};

struct BackfillView {
  std::string state;  // running, complete, stopped
  Timestamp from;
  Timestamp until;
  std::optional<Timestamp> delivered_until;
  double progress = 0;  // 0 to 1, of the time covered
};

struct DestinationView {
  std::string id;
  std::string state;  // draft validating active lagging retrying paused suspended disabled
  std::string reason;
  std::string remedy;
  DestinationRequest values;  // as last entered
  bool pending = false;       // these values are not the ones in use yet: validate and activate
  bool validated = false;     // the values shown passed their validation
  std::string auth_mode;      // common_role | customer_role
  std::string role_arn;       // the one that is assumed
  std::string session_name;
  std::string principal;             // for the bucket policy
  std::string external_id;           // customer_role only
  std::string policy;                // JSON object; empty until a bucket is named
  std::vector<SetupDocument> setup;  // as `policy`
  std::vector<Check> checks;         // of the last validation
  std::optional<Timestamp> last_success_at;
  std::optional<Timestamp> next_attempt_at;
  Seq delivered_seq{};
  Seq head_seq{};
  std::int64_t lag_seconds = 0;  // since the oldest undelivered window was due
  std::optional<Timestamp> failed_since;
  std::optional<Timestamp> oldest_undelivered_at;  // start of the oldest window that is not there
  std::optional<Timestamp> data_at_risk_at;        // when retention would begin to take from it
  std::optional<Timestamp> delivered_until;        // everything received before is in the bucket
  std::optional<Timestamp> next_due_at;            // end of the window in progress and its delay
  std::optional<BackfillView> backfill;
  std::optional<Timestamp> compared_at{};  // when the bucket was last looked through
  std::uint64_t missing_windows = 0;       // of which not everything lay there
};

// What a day would have brought.
struct DryRun {
  Timestamp from;
  Timestamp to;
  std::uint64_t entries = 0;
  std::uint64_t withheld = 0;
  std::uint64_t bytes = 0;  // of lines, before compression
  bool about = false;       // scaled up from the first entries of the day
};

struct DeliveredFile {
  std::string key;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  std::string sha256;
};

struct DeliveryAttemptView {
  Timestamp at;
  std::int64_t duration_ms = 0;
  bool delivered = false;
  std::string request_id;
  std::string code;  // empty when delivered
  std::string error;
  std::string remedy;
};

struct DeliveryView {
  std::string id;
  std::string destination;
  std::string kind;  // main, backfill, replay
  std::int64_t stream = 0;
  std::int64_t window = 0;
  Timestamp start;
  Timestamp end;
  Seq first_seq{};
  Seq last_seq{};              // first_seq - 1 when empty
  std::uint64_t entries = 0;   // in the range
  std::uint64_t withheld = 0;  // of these, by the filter; known once staged
  std::string state;           // due staged delivering delivered failed
  std::vector<DeliveredFile> files;
  std::string manifest_key;
  int attempts = 0;
  std::int64_t duration_ms = 0;
  std::string request_id;
  std::string error;
  std::string remedy;
  std::optional<Timestamp> next_attempt_at;
  std::optional<Timestamp> delivered_at;
  std::vector<DeliveryAttemptView> history{};  // the last 50 attempts, newest first
  std::uint32_t epoch = 0;  // of the log that its manifest is signed for; 0: not signed (yet)
  std::string presence = "unknown";  // in the bucket, at the last look: present, missing, differs
  std::optional<Timestamp> looked_at{};
};

// An organization's log that is neither signed nor delivered until an operator decides.
struct StoppedLogView {
  OrgId org;
  std::uint32_t epoch = 1;
  std::string code;  // bucket_ahead, witness_ahead
  std::string reason;
  std::string remedy;
  Timestamp at;
};

struct DeliveryPage {
  std::vector<DeliveryView> data;  // newest first
  std::string next_cursor;         // empty at the end
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
  // `conflict` code `validating` while one runs.
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
  // Waits for attempts in progress.
  virtual void stop() = 0;
  // Does everything that is due at the clock's time, in the calling thread. True when something was
  // done. For tests; not together with start().
  virtual bool step() = 0;
};

}  // namespace trailkeeper::deliver
