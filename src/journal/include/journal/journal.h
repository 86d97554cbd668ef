#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/metrics.h"
#include "base/result.h"

// Durable intake. One writer thread commits what waits, all organizations together (group commit),
// to one SQLite file; an append is answered only after its transaction is on disk (WAL,
// synchronous=FULL). It gives each event its org's next seq and time of receipt, remembers keys of
// idempotency, freezes the batches that the event store takes, and closes windows. What is stored
// and read back is dropped again, a whole segment at a time.
namespace trailkeeper::journal {

using KeyHash = std::array<std::uint8_t, 16>;

// A key that makes a retry safe, with a fingerprint of what was sent under it. Made by
// Journal::keyed_hash.
struct RetryKey {
  KeyHash key{};
  KeyHash fingerprint{};
};

// One item of a request: an event to commit, or a problem that was found before (kept so that a
// repeated request gets the same answer per item). What was stored under its external id before
// outweighs a problem that was found since.
struct Item {
  std::optional<OrgId> org{};  // set for an event
  Uuid id{};
  std::string tail{};  // event::render_tail
  std::optional<RetryKey> external{};
  std::string problem{};  // JSON, for a rejected item
};

struct Submission {
  std::vector<Item> items;
  std::optional<RetryKey> request{};
  // With all-or-nothing, one event refused at commit (a reused external_id) refuses all.
  bool atomic = false;
};

enum class Status : std::uint8_t { created = 0, duplicate = 1, rejected = 2 };

struct ItemReceipt {
  Status status = Status::rejected;
  Uuid id{};
  Seq seq{};
  Timestamp received_at{};
  Sha256Digest sha256{};  // of the record
  std::string problem{};  // JSON, when rejected
};

struct Receipt {
  std::vector<ItemReceipt> items;
  bool replayed = false;  // the answer of an earlier request with the same key
};

// A committed event, as the flush reads it.
struct Entry {
  std::uint64_t position = 0;  // over all orgs, in commit order
  OrgId org;
  Seq seq;
  Timestamp received_at;
  Sha256Digest sha256{};
  std::string record;
};

// The same without copies; valid during the call that is given it.
struct EntryView {
  std::uint64_t position;
  const OrgId& org;
  Seq seq;
  Timestamp received_at;
  const Sha256Digest& sha256;
  std::string_view record;
};
using EntryVisitor = std::function<Result<>(const EntryView&)>;

// Consecutive positions that go to the event store in one insert. Borders and token are durable
// before the first try.
struct Batch {
  std::uint64_t number = 0;
  std::uint64_t first = 0;  // position
  std::uint64_t end = 0;    // one past the last
  std::uint32_t attempt = 0;
  bool stored = false;  // the insert was answered; not read back yet
  std::string token() const;
};

// The border of a closed window: every event of the org received before `end` has a seq up to
// `last_seq`, and none that comes later will be received before `end`.
struct Cut {
  OrgId org;
  Timestamp end;
  Seq last_seq;
  std::uint64_t position =
      0;  // all up to here must be stored before the window can be read from the store
};

struct Settings {
  std::string folder;  // DIR/journal; made when absent
  std::size_t group_bytes_max = 1u << 20;
  std::size_t queue_bytes_max = 64u << 20;
  std::size_t segment_bytes = 64u << 20;
  // Of SQLite's write-ahead log, above which it goes into the file at once; when idle, at a 64th of
  // it.
  std::uint64_t log_bytes_max = 64u << 20;
  // Bytes committed but not yet stored and read back, above which intake answers `unavailable`. 0:
  // the larger of 4 GiB and a fifth of the free disk.
  std::uint64_t backlog_bytes_max = 0;
  Duration request_key_lifetime = std::chrono::hours(48);
  Duration external_id_lifetime = std::chrono::hours(24 * 7);
  // Called on a storage fault after which going on could lose data; it must not return. Default:
  // exit code 74.
  std::function<void(const Error&)> on_fatal{};
};

struct Depth {
  std::uint64_t committed = 0;  // one past the last committed position
  std::uint64_t stored = 0;     // all before it are in the event store
  std::uint64_t verified = 0;   // and read back
  std::uint64_t backlog_bytes = 0;
};

class Journal {
 public:
  // Opens or creates it and reads where it stood. Errors: `fatal` for a damaged file.
  static Result<std::unique_ptr<Journal>> open(Settings settings, const Clock& clock,
                                               metrics::Registry& metrics);
  virtual ~Journal() = default;

  virtual void start() = 0;
  // Commits and answers what was submitted, then stops.
  virtual void stop() = 0;

  // Any thread. `done` is called once, from the writer's thread (it must not block), after the
  // commit: what it reports as created is durable. Errors: `conflict` code
  // `idempotency_key_reused`; `invalid` code `external_id_reused` when atomic; `unavailable` (disk
  // full, backlog or queue at its bound): nothing was stored.
  virtual void submit(Submission submission, std::function<void(Result<Receipt>)> done) = 0;

  // A keyed 128-bit hash under this journal's own secret.
  virtual KeyHash keyed_hash(std::string_view text) const = 0;

  // For the flush; one thread. The batches that are not yet read back, oldest first.
  virtual Result<std::vector<Batch>> open_batches() = 0;
  // The newest batch up to which all were read back; empty when there is none yet.
  virtual std::optional<Batch> last_verified() const = 0;
  // Freezes what was committed since the last batch, up to about `rows_max` events and `bytes_max`
  // bytes of records (one group commit at least); empty when there is nothing. Durable on return.
  virtual Result<std::optional<Batch>> freeze(std::size_t rows_max, std::uint64_t bytes_max) = 0;
  virtual Result<std::vector<Entry>> read(std::uint64_t first, std::uint64_t end) = 0;
  // The same one by one, in order; an error of `visit` ends it and is the answer. Other readers of
  // the journal wait meanwhile.
  virtual Result<> visit(std::uint64_t first, std::uint64_t end, const EntryVisitor& visit) = 0;
  virtual Result<> mark_stored(std::uint64_t batch) = 0;
  virtual Result<> mark_verified(std::uint64_t batch) = 0;
  // A fresh token for a batch whose rows were deleted from the store and counted as zero.
  virtual Result<Batch> next_attempt(std::uint64_t batch) = 0;

  // Closes the window that ends at `end` for each org: one transaction raises its floor and records
  // the cut. An org that already has a cut there gets the same one. Durable on return.
  virtual Result<std::vector<Cut>> cut(const std::vector<OrgId>& orgs, Timestamp end) = 0;
  virtual Result<std::optional<Cut>> find_cut(const OrgId& org, Timestamp end) = 0;

  // Every event received before this moment is in the event store.
  virtual Timestamp watermark() const = 0;
  virtual Depth depth() const = 0;
  // Last seq given to the org; 0 for none.
  virtual Seq last_seq(const OrgId& org) const = 0;
  // The latest time of receipt or floor of any org.
  virtual Timestamp highest_time() const = 0;
  // Why intake would refuse at this moment; empty when it would not.
  virtual std::optional<Error> refusal() const = 0;
};

}  // namespace trailkeeper::journal
