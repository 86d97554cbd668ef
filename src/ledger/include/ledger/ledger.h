#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/sealer.h"
#include "merkle/compact_range.h"
#include "merkle/log_entry.h"
#include "merkle/tile.h"

// One Merkle log an organization: what was received, in order, so that nobody can change it
// afterwards without being found. It holds the entries (48 bytes each, nothing personal) and the
// levels of the tree above them, and is the second witness beside the event store.
namespace trailkeeper::ledger {

struct Addition {
  OrgId org;
  merkle::LogEntry entry;
};

// A log as the outside knows it.
struct Log {
  std::string name;         // 26 characters of base32: 128 random bits; never the organization
  std::string origin;       // `<log origin>/log/<name>`: the name of its key
  std::uint32_t epoch = 1;  // grows when a restored log is opened anew
  std::uint64_t size = 0;   // entries, all durable
  std::uint64_t published_size = 0;  // of the checkpoint that is served; 0: none yet
  std::string vkey;                  // verifies checkpoints
  std::string manifest_vkey;         // verifies manifests of deliveries
};

// That an entry is in the log, for whoever has the log's vkey.
struct EntryProof {
  std::uint64_t index = 0;  // from 0: seq - 1
  merkle::LogEntry entry;
  std::uint64_t size = 0;  // of the checkpoint
  std::vector<merkle::Hash> hashes;
  std::string checkpoint;  // signed note
};

// That the published log begins with an earlier one.
struct GrowthProof {
  std::uint64_t size = 0;  // of the checkpoint
  std::vector<merkle::Hash> hashes;
  std::string checkpoint;  // signed note
};

// What a manifest says of the log between two borders (docs/formats/manifest.md).
struct Border {
  std::uint32_t epoch = 1;
  std::string checkpoint;                 // signed note of the size at the second border
  std::vector<merkle::Hash> range;        // compact range at the first, the largest subtree first
  std::vector<merkle::Hash> consistency;  // from the first to the second
};

// The log that an organization had before its present one.
struct OldLog {
  std::uint32_t epoch = 1;
  std::string checkpoint;  // the last one that is known of it; empty when it had none
};

// A published checkpoint for a witness, with what it needs to believe it.
struct Submission {
  std::string origin;
  std::uint64_t size = 0;
  std::vector<merkle::Hash> hashes;  // from the witness's size to this
  std::string checkpoint;            // as the log signed it, without cosignatures
};

// Why a log is not signed: a bucket or the witness was not asked yet since the start, or knows
// more.
enum class HeldFor : unsigned { buckets = 1, witness = 2, stopped = 4 };

struct Settings {
  std::string folder;  // DIR/ledger; made when absent
  // Host (and path) of the origin of logs that are opened from now on; those there keep theirs.
  std::string log_origin;
  // Called on a storage fault or a broken invariant after which going on could sign what is not
  // true; it must not return. Default: exit code 74.
  std::function<void(const Error&)> on_fatal{};
};

// Thread-safe. One SQLite file, synced; no tree in memory, so opening takes the same time whatever
// the logs' sizes.
class Ledger {
 public:
  // The secret that all keys follow from is made on first use and sealed by `sealer`. Errors:
  // `failed` when the sealer's key cannot open it, `fatal` for a damaged file.
  static Result<std::unique_ptr<Ledger>> open(Settings settings, const crypto::Sealer& sealer,
                                              const Clock& clock);
  virtual ~Ledger() = default;

  // Adds what is not there yet; those of one organization in order of seq. Entries that are there
  // are compared instead, so that it can be repeated after a crash. `position`: up to where of the
  // journal everything is in with this. All or nothing; durable on return. `unavailable` when the
  // disk is full. `fatal` (`ledger_gap`, `ledger_differs`) for an entry that does not follow or is
  // not the one that is there.
  virtual Result<> append(std::span<const Addition> additions, std::uint64_t position) = 0;
  // Of the last append(); 0 before the first.
  virtual std::uint64_t position() const = 0;

  // Signs a checkpoint for each log that has grown since its last one, and lets it be served;
  // answers how many. Durable on return, and the only place where a checkpoint of today is made.
  virtual Result<std::size_t> publish() = 0;

  // The organization's log; opened when it has none.
  virtual Result<Log> log(const OrgId& org) = 0;
  // Its name, as log() says it. From memory but for the first time of each organization, so that
  // every answer of the intake can say it.
  virtual Result<std::string> name(const OrgId& org) = 0;
  // The logs that the organization had before, the oldest first; what is published of them is what
  // was when they were closed, and stays.
  virtual Result<std::vector<Log>> closed_logs(const OrgId& org) = 0;
  // Entries in the organization's log, without opening one.
  virtual Result<std::uint64_t> size(const OrgId& org) = 0;
  // How many entries each log has, for the comparison with the journal at start.
  virtual Result<> for_each(
      const std::function<void(const OrgId& org, std::uint64_t size)>& visit) = 0;

  // The log at two borders of it, begin <= end entries, for a manifest. Never published, so it may
  // be smaller than the published checkpoint; opens a log for an organization that has none.
  // `unavailable` (code `not_in_log`) while the log has not so many entries.
  virtual Result<Border> border(const OrgId& org, std::uint64_t begin, std::uint64_t end) = 0;
  // `object`, a JSON object in one line, as a signed line: its last member is the signature of the
  // organization's manifest key over `type`, LF and the object without its closing brace.
  virtual Result<std::string> sign_document(const OrgId& org, std::string_view type,
                                            std::string_view object) = 0;

  // No checkpoint of the organization's log is published while anybody holds it. Forgotten at the
  // end of the process.
  virtual void hold(const OrgId& org, HeldFor reason, bool held) = 0;
  // Closes the log of epoch `epoch` and opens the next: another name and other keys, the same
  // entries to begin with. Nothing when that epoch is over already. Durable on return.
  virtual Result<Log> open_epoch(const OrgId& org, std::uint32_t epoch) = 0;
  // The log before the present one; empty in the first epoch.
  virtual Result<std::optional<OldLog>> old_log(const OrgId& org) = 0;

  // Organizations whose published checkpoint no witness has signed, at most `count`.
  virtual Result<std::vector<OrgId>> unwitnessed(std::size_t count) = 0;
  // The size that the witness is known to have signed; 0 for none.
  virtual Result<std::uint64_t> witnessed_size(const OrgId& org) = 0;
  // The published checkpoint for a witness that has `old_size`. `invalid` when it has less.
  virtual Result<Submission> submission(const OrgId& org, std::uint64_t old_size) = 0;
  // Keeps a witness's signature lines with the checkpoint of `size` and serves them, while that is
  // the published one; and that the witness has it.
  virtual Result<> add_cosignature(const OrgId& org, std::uint64_t size,
                                   const std::string& lines) = 0;

  // Whose log has, or had, that name; `not_found`.
  virtual Result<OrgId> organization(std::string_view name) = 0;
  // By the log's name; of a closed log its last checkpoint and what it covers. `not_found` for
  // another name, before the first checkpoint, and beyond it.
  virtual Result<std::string> checkpoint(std::string_view name) = 0;
  // Bytes of a hash tile or of a bundle of entries; a partial one is served as long as it was part
  // of the published tree.
  virtual Result<std::string> tile(std::string_view name, const merkle::TileId& tile) = 0;

  // In the published tree. `not_found`: code `no_such_entry`, or `not_in_checkpoint` when it is
  // there but no checkpoint has it yet, or `no_such_log`. `log`: name of the organization's log
  // that it is asked of, a closed one perhaps; empty: the present one.
  virtual Result<EntryProof> prove(const OrgId& org, Seq seq, std::string_view log) = 0;
  Result<EntryProof> prove(const OrgId& org, Seq seq) { return prove(org, seq, {}); }
  // That the published log contains the log of `old_size` entries. `invalid` when it has fewer.
  virtual Result<GrowthProof> prove_consistency(const OrgId& org, std::uint64_t old_size) = 0;
  // The entries first_seq, first_seq + 1 ..., at most `count`; fewer at the end.
  virtual Result<std::vector<merkle::LogEntry>> entries(const OrgId& org, Seq first_seq,
                                                        std::size_t count) = 0;
};

}  // namespace trailkeeper::ledger
