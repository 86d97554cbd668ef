#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "deliver/ports.h"
#include "schedule/window.h"

// What people enter for deliveries, and what they are shown.
namespace trailkeeper::deliver {

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
  bool slow = false;  // its last delivery took so long that it has a place apart from the others
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

}  // namespace trailkeeper::deliver
