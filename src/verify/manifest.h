#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "merkle/checkpoint.h"
#include "merkle/compact_range.h"
#include "merkle/note.h"
#include "verify/report.h"

// Manifests as docs/formats/manifest.md says, read by a program that shares nothing with the one
// that writes them.
namespace trailkeeper::verify {

inline constexpr std::size_t kManifestBytesMax = 16u << 20;

struct ObjectRef {
  std::string key;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;  // not of leaves
  Sha256Digest sha256{};
};

struct ManifestRef {
  std::string key;
  Sha256Digest sha256{};
};

// A text that ends in a signature over all of it.
struct Seal {
  std::string key;        // "<origin>+<id>"
  std::string signature;  // 64 bytes
  std::size_t signed_bytes = 0;
};

// What a signed manifest says of the log.
struct LogPart {
  std::uint64_t epoch = 1;
  std::string note;  // the checkpoint as it was signed
  merkle::Checkpoint checkpoint;
  merkle::CompactRange range;
  std::optional<std::vector<merkle::Hash>> consistency;
  std::string old_note;  // last checkpoint of the epoch before; empty: none
};

struct Manifest {
  std::string organization_id, destination;
  std::uint64_t stream = 0, window = 0;
  std::string reason;
  bool uncertain = false;
  Timestamp start{}, end{};
  std::uint64_t first_seq = 0, last_seq = 0;
  std::string format;
  bool filtered = false;
  std::uint64_t withheld = 0;
  std::vector<ObjectRef> files;
  std::optional<ObjectRef> leaves;
  std::optional<ManifestRef> previous, replay_of;
  std::optional<Seal> seal;  // empty: written before manifests were signed
  std::optional<LogPart> log;

  bool records() const { return format == "jsonl.gz" || format == "jsonl.zst"; }
  std::uint64_t entries() const { return last_seq + 1 - first_seq; }
};

struct Heartbeat {
  std::string organization_id, destination;
  std::uint64_t stream = 0, window = 0;
  ManifestRef manifest;
  Timestamp next_due_at{};
  Seal seal;
};

// Any bytes in; `invalid` (code `manifest`) with what is wrong. Sizes, ranges and counts agree with
// each other in what comes back; nothing is proven yet.
Result<Manifest> parse_manifest(std::string_view bytes);
Result<Heartbeat> parse_heartbeat(std::string_view bytes);

struct Judgement {
  State state = State::complete;
  std::string detail;
};

// Whether the seal of `bytes`, whose type is `type`, holds for one of `keys`.
Judgement check_seal(std::string_view type, std::string_view bytes, const Seal& seal,
                     const std::vector<merkle::VerifierKey>& keys);
// Whether `note` is a checkpoint that one of `keys` with its origin as name has signed.
Judgement check_note(std::string_view note, const std::vector<merkle::VerifierKey>& keys);
// A signed manifest's own arithmetic: the range, the checkpoint, the consistency between the two.
Judgement check_log_part(const Manifest& manifest);

inline constexpr std::string_view kManifestType = "trailkeeper-manifest/v1";
inline constexpr std::string_view kHeartbeatType = "trailkeeper-heartbeat/v1";

}  // namespace trailkeeper::verify
