#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "schedule/window.h"
#include "settings/store.h"

// The lasting state of deliveries: destinations, streams, windows and the objects staged for them.
namespace trailkeeper::settings {

// What a person enters for an S3 destination. Two targets with the same endpoint, bucket and path
// are one location.
struct S3Target {
  std::string bucket;
  std::string region;
  std::string endpoint;    // empty: AWS
  std::string account_id;  // the bucket owner's, 12 digits; may be empty
  std::string path;        // without slashes at its ends
  std::string role_arn;    // the customer's own role; empty: the vendor's common one
  bool path_style = false;
  std::string encryption{};  // empty: the bucket's own; AES256, aws:kms
  std::string kms_key{};     // of aws:kms; empty: the account's own
  friend bool operator==(const S3Target&, const S3Target&) = default;
  bool same_location(const S3Target& other) const {
    return endpoint == other.endpoint && bucket == other.bucket && path == other.path;
  }
};

// What the files of a window look like and hold.
struct Shape {
  std::string form = "jsonl";  // jsonl, ocsf, csv, parquet
  std::string compression = "gzip";
  std::string filter{};  // canonical JSON; empty: everything
  friend bool operator==(const Shape&, const Shape&) = default;
};

enum class DestinationState { draft, active, paused, suspended, disabled };

struct Destination {
  OrgId org;
  std::string id;
  DestinationState state = DestinationState::draft;
  std::string reason;  // of the present trouble, one sentence; empty without
  std::string reason_code;
  std::string remedy;
  std::string session_name;  // made with the draft, kept for the destination's life
  std::string external_id;
  S3Target shown;  // as last entered
  std::optional<S3Target>
      active;  // what deliveries use; differs from `shown` until that is validated and activated
  schedule::Frequency frequency =
      schedule::Frequency::hourly;  // of the windows after `change`, when there is one
  schedule::Frequency frequency_before = schedule::Frequency::hourly;
  std::optional<Timestamp> change_at;  // a change of these or the shape that no window took up yet
  Shape shape{};                       // of the windows after `change_at`, when there is one
  Shape shape_before{};
  std::optional<Timestamp> validated_at;  // of `shown`
  std::string checks;                     // JSON of the last validation; empty before
  bool etag_is_md5 = true;
  bool send_acl = true;                   // false where the bucket refuses ACLs
  int failures = 0;                       // in a row
  std::optional<Timestamp> failed_since;  // of the first of them
  std::optional<Timestamp> mailed_at;     // when people were last told that it stopped
  bool told_stopped = false;              // and not yet that it works again
  std::optional<Timestamp> next_attempt_at;
  std::optional<Timestamp> last_success_at;
  Timestamp created_at;
  std::optional<Timestamp> compared_at;  // when the bucket was last looked through
};

// Only a main stream goes on for ever; the others end with their last window.
enum class StreamKind { main, backfill, replay };

struct Stream {
  std::int64_t id = 0;
  StreamKind kind = StreamKind::main;
  std::optional<Timestamp> until;  // of a backfill: where the stream after it begins
  OrgId org;
  std::string destination;
  std::int64_t number = 0;  // grows per org, never used again
  std::string reason;       // "activated", "location_changed", "backfill", "replay"
  S3Target target;          // location of all its objects
  Timestamp opened_at;
  Timestamp start;               // received time at which its first window starts
  std::optional<Seq> first_seq;  // empty until the store could answer it
  bool ended = false;
  bool uncertain = false;             // the window before may have arrived at the old location
  std::string previous_manifest_key;  // last confirmed one of the stream before; of a replay: the
                                      // original's
  std::string previous_manifest_sha256;
};

enum class WindowState { due, staged, delivered };
// What lies in the bucket of a delivered window, as it was last seen.
enum class Presence { unknown, present, missing, differs };

struct DeliveryWindow {
  std::int64_t id = 0;
  std::int64_t stream = 0;
  std::int64_t number = 0;  // 0 is the opening manifest
  schedule::Window span{};
  Seq first_seq{};
  Seq last_seq{};              // first_seq - 1 when empty
  std::uint64_t position = 0;  // of the cut, in the journal
  WindowState state = WindowState::due;
  Shape shape{};
  std::uint64_t entries = 0;    // that went out; less than the range has with a filter
  std::string manifest_sha256;  // hex; once staged
  int attempts = 0;
  std::optional<Timestamp> first_try_at;
  std::optional<Timestamp> delivered_at;
  std::int64_t duration_ms = 0;
  std::string request_id;
  std::string error;
  std::string remedy;
  std::uint32_t epoch = 0;  // of the log that its manifest is signed for; 0: not signed
  Presence presence = Presence::unknown;
  std::optional<Timestamp> looked_at{};
};

struct DeliveryAttempt {
  Timestamp at;
  std::int64_t duration_ms = 0;
  bool delivered = false;
  std::string request_id;
  std::string code;
  std::string error;
  std::string remedy;
};

// An organization's log that is neither signed nor delivered, because others know more of it.
struct StoppedLog {
  OrgId org;
  std::uint32_t epoch = 1;
  std::string code;  // bucket_ahead, witness_ahead
  std::string reason;
  std::string remedy;
  Timestamp at;
};

struct StagedObject {
  int ordinal = 0;  // order of delivery; the manifest is the last
  std::string key;
  std::string file;  // under the staging folder
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  Sha256Digest sha256{};
  std::string md5;  // 16 bytes
  bool manifest = false;
  bool confirmed = false;
  bool leaves = false;  // of the log, beside files that are not the record
};

struct DeliveryRecord {
  DeliveryWindow window;
  std::string destination;
  std::int64_t stream_number = 0;
  StreamKind kind = StreamKind::main;
  std::vector<StagedObject> objects;
  std::vector<DeliveryAttempt> attempts{};  // the last 50, newest first
};

// How far a stream beside the main one is.
struct Backfill {
  Stream stream;
  bool complete = false;
  std::uint64_t windows = 0;
  std::uint64_t windows_delivered = 0;
  std::optional<Timestamp> delivered_until;  // received time
};

// How an attempt went, for the window and its destination.
struct AttemptResult {
  bool delivered = false;
  Timestamp at;
  std::int64_t duration_ms = 0;
  std::string request_id;
  std::string error;  // empty when delivered
  std::string error_code;
  std::string remedy;
  DestinationState state =
      DestinationState::active;  // of the destination afterwards, unless it was paused or disabled
  std::optional<Timestamp> next_attempt_at;
  bool validation_lost = false;  // an admin has to validate and activate again
  bool tell_stopped = false;     // people are told now, or that it works again
  bool tell_works = false;
};

// What a validation found out about the bucket.
struct ValidationFacts {
  bool ok = false;
  std::string checks;  // JSON
  bool etag_is_md5 = true;
  bool send_acl = true;
};

struct NewDestination {
  OrgId org;
  std::string id;
  S3Target shown;
  schedule::Frequency frequency = schedule::Frequency::hourly;
  Shape shape{};
  std::string session_name;  // these two for a new one only
  std::string external_id;
  Timestamp now;
};

// The tables of deliveries in the settings' database. Thread-safe. What a call changed is durable
// when it returns, together with what `also` did in the same transaction: the entry about the
// change. Errors: those of the store, those of `also`, and as said per call; after one nothing is
// changed.
class Deliveries {
 public:
  using Also = std::function<Result<>(WriteTx& tx)>;
  // `before` is null for a new one.
  using AlsoPut =
      std::function<Result<>(WriteTx& tx, const Destination* before, const Destination& after)>;

  explicit Deliveries(Store& store) : store_(store) {}

  // Makes a draft, or changes what is shown of an existing destination. A destination that was
  // disabled becomes a draft again. A validation of other values ends. Of one in use another
  // frequency holds at once, and closed windows become due.
  Result<Destination> put(const NewDestination& request, const AlsoPut& also = {});
  // `not_found`.
  Result<Destination> find(const OrgId& org, const std::string& id);
  Result<std::vector<Destination>> list(const OrgId& org);
  // All with an open stream, of all orgs.
  Result<std::vector<Destination>> live();

  // Keeps the outcome of a validation of `validated`; nothing when other values are shown by now.
  Result<> record_validation(const Destination& validated, const ValidationFacts& facts,
                             Timestamp now, const Also& also = {});
  // The org of another destination that holds the location, one above or one below it; another org
  // before the same one. Empty when it is free.
  Result<std::optional<OrgId>> claimed_by(const OrgId& org, const std::string& id,
                                          const S3Target& target);

  // One transaction: claims the location, makes what is shown active and, when the location is new,
  // ends the stream in progress and opens the next where it ended, at its last delivered window.
  // Without a stream before, one that starts with the window in progress at `now`. `conflict`:
  // `not_validated`, `location_claimed`.
  Result<Destination> activate(const OrgId& org, const std::string& id, bool uncertain,
                               Timestamp now, const Also& also = {});
  Result<> set_state(const OrgId& org, const std::string& id, DestinationState state,
                     const std::string& reason_code, const std::string& reason,
                     const std::string& remedy, std::optional<Timestamp> next_attempt_at,
                     const Also& also = {});
  // Makes the next attempt due at once.
  Result<> clear_back_off(const OrgId& org, const std::string& id, const Also& also = {});
  // Ends the stream and gives up the claim; history stays.
  Result<> disconnect(const OrgId& org, const std::string& id, const Also& also = {});

  // The open stream of a destination; empty without.
  Result<std::optional<Stream>> open_stream(const OrgId& org, const std::string& id);
  // Backfills and replays that have not ended, oldest first.
  Result<std::vector<Stream>> side_streams(const OrgId& org, const std::string& id);
  // Opens a stream from `from` to where what was delivered begins, at the location in use.
  // `conflict`: `backfill_running`, `nothing_to_backfill`, `not_live`.
  Result<Stream> start_backfill(const OrgId& org, const std::string& id, Timestamp from,
                                Timestamp now, const Also& also = {});
  // Opens a stream below `<path>/replay/` that has the range of a delivered window. `not_found`;
  // `conflict`: `not_delivered`, `not_live`, `replay_running` when ten wait already.
  Result<Stream> start_replay(const OrgId& org, std::int64_t window, Timestamp now,
                              const Also& also = {});
  // Of a backfill or replay that has nothing left to do.
  Result<> complete_stream(std::int64_t stream);
  // The newest backfill; empty without.
  Result<std::optional<Backfill>> backfill(const OrgId& org, const std::string& id);
  // The highest stream number given in the org; 0 for none.
  Result<std::int64_t> highest_stream(const OrgId& org);
  // The key of the last manifest of the stream that is known to lie in the bucket; empty without.
  Result<std::string> last_manifest_key(std::int64_t stream);

  // Sets the first seq and adds window 0.
  Result<> begin_stream(std::int64_t stream, Seq first_seq, Timestamp now);
  Result<std::optional<DeliveryWindow>> last_window(std::int64_t stream);
  // Adds the next window. `failed` (code `windows_not_contiguous`) when it does not follow
  // the last one.
  Result<> add_window(std::int64_t stream, const schedule::Window& span, Seq last_seq,
                      std::uint64_t position);
  // The oldest one not delivered.
  Result<std::optional<DeliveryWindow>> next_window(std::int64_t stream);
  Result<std::string> manifest_sha256(std::int64_t stream, std::int64_t number);
  // The objects of a window by its number.
  Result<std::vector<StagedObject>> objects_of(std::int64_t stream, std::int64_t number);

  // False once it was ended, moved or disconnected.
  Result<bool> is_open_stream(std::int64_t stream);
  // Whether the window is one that is still to be delivered.
  Result<bool> is_open_window(std::int64_t window);

  // `epoch`: of the log that the manifest is signed for.
  Result<> record_staged(std::int64_t window, std::uint32_t epoch, std::uint64_t entries,
                         const std::vector<StagedObject>& objects, Timestamp now);
  Result<std::vector<StagedObject>> staged(std::int64_t window);
  Result<> confirm_object(std::int64_t window, int ordinal);
  Result<> record_attempt(const Stream& stream, std::int64_t window, const AttemptResult& result,
                          const Also& also = {});

  // The epoch for which the manifest with that digest was signed; 0 when it is unknown or was not.
  Result<std::uint32_t> manifest_epoch(const OrgId& org, const std::string& sha256);
  // Each stream's number with the last window that was staged; -1 for none.
  Result<std::map<std::int64_t, std::int64_t>> staged_windows(const OrgId& org);

  // Streams up to this number belong to an epoch that is over: what a bucket has of them, it may have
  // more of than this database.
  Result<std::int64_t> stream_floor(const OrgId& org);

  // Nothing when it is stopped already. `highest_stream`: no new stream gets this number or one
  // below.
  Result<> stop_log(const StoppedLog& stopped, std::int64_t highest_stream);
  Result<std::vector<StoppedLog>> stopped_logs();
  // Lets the log go on: every destination's stream ends and the next one opens where what is known
  // to be delivered ended.
  Result<> begin_epoch(const OrgId& org, Timestamp now, const Also& also = {});

  // Main streams and backfills of a destination that wrote to that location, ended ones too.
  Result<std::vector<Stream>> streams_at(const OrgId& org, const std::string& id,
                                         const S3Target& target);
  // In order, those after window `after`, opening windows too.
  Result<std::vector<DeliveryRecord>> delivered_windows(std::int64_t stream, std::int64_t after,
                                                        std::size_t limit);
  Result<> record_presence(const std::vector<std::pair<std::int64_t, Presence>>& windows,
                           Timestamp now);
  Result<> record_comparison(const OrgId& org, const std::string& id, Timestamp now);
  // Windows of which not everything lies in the bucket any more.
  Result<std::uint64_t> missing_windows(const OrgId& org, const std::string& id);

  // Delivered up to here in the open stream, else in the last one.
  Result<Seq> delivered_seq(const OrgId& org, const std::string& id);
  // The oldest closed window of the main stream that is not delivered; empty without.
  Result<std::optional<schedule::Window>> oldest_undelivered(const OrgId& org,
                                                             const std::string& id);
  // Newest first; `before` is the id of the last one seen, 0 at the start. An empty destination
  // means all.
  Result<std::vector<DeliveryRecord>> history(const OrgId& org, const std::string& id,
                                              std::int64_t before, std::size_t limit);

 private:
  Store& store_;
};

}  // namespace trailkeeper::settings
