#include "kept.h"

#include <algorithm>

#include "crypto/hash.h"

namespace trailkeeper::verify {
namespace {

constexpr std::string_view kProofType = "c2sp.org/tlog-proof@v1\n";

Error no_kept(const Kept& kept, const std::string& what) {
  return Error{ErrorKind::invalid, "kept", kept.name + ": " + what};
}

Result<KeptCheckpoint> open_note(const Kept& kept, std::string_view note,
                                 const std::vector<merkle::VerifierKey>& keys) {
  const Judgement judgement = check_note(note, keys);
  if (judgement.state != State::complete) return no_kept(kept, judgement.detail);
  KeptCheckpoint found{kept.name, {}};
  auto checkpoint = merkle::parse_checkpoint(merkle::parse_note(note)->text);
  if (!checkpoint) return no_kept(kept, checkpoint.error().message);
  found.checkpoint = *std::move(checkpoint);
  return found;
}

Result<KeptCheckpoint> open_manifest(const Kept& kept,
                                     const std::vector<merkle::VerifierKey>& keys) {
  auto manifest = parse_manifest(kept.content);
  if (!manifest) return no_kept(kept, manifest.error().message);
  if (!manifest->seal) return no_kept(kept, "it is not signed");
  const Judgement judgement = check_seal(kManifestType, kept.content, *manifest->seal, keys);
  if (judgement.state != State::complete) return no_kept(kept, judgement.detail);
  KeptCheckpoint found = TRY(open_note(kept, manifest->log->note, keys));
  found.manifest = *std::move(manifest);
  found.sha256 = crypto::sha256(kept.content);
  return found;
}

bool contradicted(const Stream& stream, const std::string& source) {
  return std::ranges::any_of(stream.windows, [&](const Loaded* window) {
    return std::ranges::any_of(window->report.details, [&](const std::string& detail) {
      return detail.find(source + " (size ") != std::string::npos;
    });
  });
}

// A kept manifest has to be in the folder itself, when its stream is.
std::optional<OtherReport> judge_manifest(const KeptCheckpoint& kept,
                                          const std::vector<Stream>& streams) {
  const Manifest& manifest = *kept.manifest;
  for (const Stream& stream : streams) {
    if (stream.number != manifest.stream || stream.organization_id() != manifest.organization_id) {
      continue;
    }
    const Loaded* window = stream.find(manifest.window);
    const std::string which = "window " + std::to_string(manifest.window) + " of stream " +
                              std::to_string(manifest.stream);
    if (window == nullptr) {
      return OtherReport{kept.name, State::gap, which + " was kept and is not in the folder"};
    }
    if (window->sha256 != kept.sha256) {
      return OtherReport{kept.name, State::altered, which + " is not the one that was kept"};
    }
    return std::nullopt;
  }
  return OtherReport{kept.name, State::unverifiable,
                     "stream " + std::to_string(manifest.stream) + " is not in the folder"};
}

}  // namespace

Result<KeptCheckpoint> open_kept(const Kept& kept, const std::vector<merkle::VerifierKey>& keys) {
  if (kept.content.starts_with('{')) return open_manifest(kept, keys);
  std::string_view note = kept.content;
  if (note.starts_with(kProofType)) {
    const auto blank = note.find("\n\n");
    if (blank == std::string_view::npos) return no_kept(kept, "it is cut short");
    note.remove_prefix(blank + 2);
  }
  return open_note(kept, note, keys);
}

std::string kept_source(const KeptCheckpoint& kept) { return "the kept " + kept.name; }

OtherReport judge_kept(const KeptCheckpoint& kept, const std::vector<Stream>& streams,
                       const Compared& compared) {
  const merkle::Checkpoint& checkpoint = kept.checkpoint;
  const std::string size = std::to_string(checkpoint.size);
  if (std::ranges::any_of(
          streams, [&](const Stream& stream) { return contradicted(stream, kept_source(kept)); })) {
    return {kept.name, State::altered, "the folder's log is another one at size " + size};
  }
  if (kept.manifest) {
    if (auto found = judge_manifest(kept, streams)) return *std::move(found);
  }
  const auto log = compared.find(checkpoint.origin);
  if (log == compared.end()) {
    return {kept.name, State::unverifiable, "nothing of its log could be read in the folder"};
  }
  if (checkpoint.size == 0 || log->second.contains(checkpoint.size)) {
    return {kept.name, State::complete, "the folder's log holds it (size " + size + ")"};
  }
  if (checkpoint.size > *log->second.rbegin()) {
    return {kept.name, State::unverifiable,
            "the folder ends with entry " + std::to_string(*log->second.rbegin()) +
                ", before its size " + size + ": not compared"};
  }
  return {kept.name, State::unverifiable, "no window with its size " + size + " could be read"};
}

}  // namespace trailkeeper::verify
