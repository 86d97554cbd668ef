#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

// What deliveries need from the rest of the program.
namespace trailkeeper::deliver {

// The border of a closed window, as the journal keeps it.
struct Cut {
  Timestamp end;
  Seq last_seq;
  std::uint64_t position = 0;
};

// Which entries go out: those that are in every list that is not empty.
struct DeliveryFilter {
  std::vector<std::string> categories{};
  std::vector<std::string> actions{};
  std::vector<std::string> areas{};
  bool empty() const { return categories.empty() && actions.empty() && areas.empty(); }
  friend bool operator==(const DeliveryFilter&, const DeliveryFilter&) = default;
};

// The trail of committed events: its borders. Implemented over the journal. Thread-safe.
class Cuts {
 public:
  virtual ~Cuts() = default;
  // Closes the window that ends at `end`, which is not in the future: no event that comes later
  // will be received before it. The same org and end give the same cut, also after a restart.
  // Durable on return.
  virtual Result<Cut> close(const OrgId& org, Timestamp end) = 0;
  // Whether everything up to the cut can be read from RecordSource.
  virtual bool stored(const Cut& cut) const = 0;
  // The last seq given to the org; 0 for none.
  virtual Seq head(const OrgId& org) const = 0;
};

// Stored records of an org. Implemented over the event store. Thread-safe.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // Gives the lines (without line feed) of first..last in the order of their seq; `line` answers
  // false to stop, which is the error `cancelled`. Memory stays constant. `unavailable` while the
  // store does not answer.
  virtual Result<> read(const OrgId& org, Seq first, Seq last,
                        const std::function<bool(Seq seq, std::string_view line)>& line) = 0;
  // The last seq received before `time`; 0 for none. Asked only when everything received up to now
  // is stored.
  virtual Result<Seq> last_seq_before(const OrgId& org, Timestamp time) = 0;
};

// Who has to act on a failure.
enum class Blame { customer, transient, ours };

struct SinkFailure {
  Blame blame = Blame::transient;
  std::string code;     // S3's or STS' code, or ours
  std::string message;  // one sentence for a person
  std::string remedy;   // what to change; empty when nothing is known
  std::string request_id;
  int status = 0;  // 0 without an answer: the outcome is unknown
  std::chrono::seconds retry_after{0};
  std::string suggested_region{};  // where the bucket is, when the answer named another
};

// Where and in whose name to write.
struct SinkTarget {
  std::string endpoint;  // empty: AWS
  std::string sts_endpoint;
  std::string region;
  std::string bucket;
  bool path_style = false;
  std::string account_id;
  std::string prefix;  // what the session may write below; ends with a slash
  std::string role_arn;
  std::string session_name;
  std::string external_id;
  std::string encryption{};  // what objects ask for: empty, AES256 or aws:kms
  std::string kms_key{};
  bool send_acl = true;  // false where the bucket's ACLs are disabled
  // Ends a call in progress: it fails within about a second, its outcome unknown.
  std::stop_token stop{};
};

struct SinkObject {
  std::string key;
  std::string file;  // its bytes; empty: `content`
  std::string content;
  std::uint64_t bytes = 0;
  Sha256Digest sha256{};
  std::string md5;  // 16 bytes; may be empty
  std::string content_type = "application/octet-stream";
  bool if_absent = true;           // If-None-Match: *
  bool owner_full_control = true;  // with the ACL bucket-owner-full-control
  std::uint64_t part_bytes = 0;    // larger ones go up in parts of this size; 0: never
};

struct PutOutcome {
  enum class Kind { stored, exists, failed } kind = Kind::failed;
  SinkFailure failure{};
  std::string request_id;
  std::string etag;          // without quotes
  std::string encryption{};  // as the service named it
};

// What the bucket answers to a stranger.
struct Reach {
  std::optional<SinkFailure> failure{};  // nobody answered
  std::string region{};                  // where the bucket is; empty when the answer does not say
  std::string request_id{};
};

struct ListedObject {
  std::string key;
  std::uint64_t bytes = 0;
  std::string etag;  // without quotes
  Timestamp modified;
};

struct ListOutcome {
  std::optional<SinkFailure> failure{};
  std::vector<ListedObject> objects{};
  std::string request_id{};
};

// An object store reached by an assumed role. Thread-safe; calls block for as long as their time
// limits allow.
class ObjectSink {
 public:
  virtual ~ObjectSink() = default;
  virtual PutOutcome put(const SinkTarget& target, const SinkObject& object) = 0;
  // At most 1,000 keys, those after `start_after`.
  virtual ListOutcome list(const SinkTarget& target, const std::string& prefix,
                           std::size_t keys_max, const std::string& start_after = "") = 0;
  // One request without credentials.
  virtual Reach reach(const SinkTarget& target) = 0;
  // Gets fresh credentials for the target now and keeps them; empty when it worked.
  virtual std::optional<SinkFailure> assume(const SinkTarget& target) = 0;
};

}  // namespace trailkeeper::deliver
