#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "schedule/window.h"

// What is kept of deliveries: destinations, streams, windows, staged objects, attempts.
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

}  // namespace trailkeeper::settings
