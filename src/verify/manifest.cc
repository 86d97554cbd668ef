#include "manifest.h"

#include <algorithm>
#include <cstdio>

#include "json/document.h"
#include "manifest_reader.h"
#include "merkle/proof.h"

namespace trailkeeper::verify {
namespace {

Error no_manifest(std::string_view what) {
  return Error{ErrorKind::invalid, "manifest",
               "it is no manifest (wrong or missing: " + std::string(what) + ")"};
}

// The one line without its line feed.
Result<std::string_view> only_line(std::string_view bytes) {
  if (bytes.empty() || bytes.find('\n') != bytes.size() - 1) return no_manifest("line feed");
  return bytes.substr(0, bytes.size() - 1);
}

LogPart read_log_part(Members& in) {
  LogPart part;
  part.epoch = in.count("epoch");
  part.note = in.text("checkpoint");
  if (in.has("old_log")) {
    if (const auto old = in.object_or_null("old_log")) {
      Members inner(*old);
      part.old_note = inner.text("checkpoint");
      if (!inner.ok()) in.fail("old_log");
    }
  }
  if (const auto range = in.object_or_null("compact_range")) {
    Members inner(*range);
    const std::uint64_t size = inner.decimal("size");
    auto restored = merkle::CompactRange::restore(size, inner.hashes("hashes"));
    if (!inner.ok() || !restored) {
      in.fail("compact_range");
    } else {
      part.range = *std::move(restored);
    }
  } else {
    in.fail("compact_range");
  }
  return part;
}

void read_consistency(json::Node root, Members& in, LogPart& part) {
  const auto node = root.find("consistency");
  if (!node) return in.fail("consistency");
  if (!node->is(json::Type::null)) part.consistency = in.hashes("consistency");
}

// That what a manifest says fits together, so that nobody after this has to think of it.
void check_numbers(const Manifest& manifest, Members& in) {
  if (manifest.first_seq == 0 || manifest.last_seq + 1 < manifest.first_seq) in.fail("last_seq");
  if (manifest.withheld > manifest.entries()) in.fail("withheld");
  std::uint64_t rows = manifest.withheld;
  for (const ObjectRef& file : manifest.files) {
    if (file.rows > manifest.entries()) return in.fail("rows");
    rows += file.rows;
    if (rows > manifest.entries()) return in.fail("rows");
  }
  if (rows != manifest.entries()) in.fail("rows");
  if (manifest.end < manifest.start) in.fail("end");
  if (manifest.window == 0 && manifest.entries() != 0) in.fail("last_seq");
  if (manifest.window != 0 && !manifest.previous) in.fail("previous");
  if (manifest.withheld > 0 && !manifest.filtered) in.fail("withheld");
  if (!manifest.log) return;
  const bool needs_leaves = manifest.entries() > 0 && (!manifest.records() || manifest.filtered);
  if (needs_leaves != manifest.leaves.has_value()) in.fail("leaves");
  if (manifest.log->range.size() != manifest.first_seq - 1) in.fail("compact_range");
}

void read_files(Members& in, Manifest& manifest) {
  const auto files = in.list("files");
  if (!files || !in.ok()) return;
  for (const json::Node file : *files) manifest.files.push_back(read_object_ref(file, true, in));
}

void read_signed(std::string_view line, json::Node root, Members& in, Manifest& manifest) {
  const auto seal = in.object_or_null("signature");
  if (!seal) return;  // not signed, or the error is noted
  manifest.seal = read_seal(line, *seal, in);
  manifest.log = read_log_part(in);
  read_consistency(root, in, *manifest.log);
  if (const auto leaves = in.object_or_null("leaves")) {
    manifest.leaves = read_object_ref(*leaves, false, in);
  }
  if (!in.ok()) return;
  auto note = merkle::parse_note(manifest.log->note);
  auto checkpoint = note ? merkle::parse_checkpoint(note->text) : note.error();
  if (!checkpoint || checkpoint->size != manifest.last_seq) return in.fail("checkpoint");
  manifest.log->checkpoint = *std::move(checkpoint);
}

const merkle::VerifierKey* find_key(const std::vector<merkle::VerifierKey>& keys,
                                    std::string_view name_and_id) {
  for (const merkle::VerifierKey& key : keys) {
    char id[9];
    std::snprintf(id, sizeof id, "%08x", key.id());
    if (key.type() == merkle::KeyType::ed25519 && name_and_id == key.name() + "+" + id) return &key;
  }
  return nullptr;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view bytes) {
  const std::string_view line = TRY(only_line(bytes));
  json::Document document;
  const auto parsed = document.parse(line, {.depth_max = 8});
  if (!parsed) return no_manifest("JSON");
  Members in(*parsed);
  if (in.text("type") != kManifestType) return no_manifest("type");
  Manifest manifest;
  manifest.organization_id = in.text("organization_id");
  manifest.destination = in.text("destination");
  manifest.stream = in.count("stream");
  manifest.window = in.count("window");
  if (manifest.window == 0) {
    manifest.reason = in.text("reason");
    manifest.uncertain = in.boolean("uncertain");
  }
  manifest.start = in.time("start");
  manifest.end = in.time("end");
  manifest.first_seq = in.decimal("first_seq");
  manifest.last_seq = in.decimal("last_seq");
  manifest.format = in.text("format");
  manifest.filtered = in.object_or_null("filter").has_value();
  manifest.withheld = in.decimal("withheld");
  read_files(in, manifest);
  if (const auto previous = in.object_or_null("previous")) {
    manifest.previous = read_manifest_ref(*previous, in);
  }
  if (in.has("replay_of")) {
    if (const auto original = in.object_or_null("replay_of")) {
      manifest.replay_of = read_manifest_ref(*original, in);
    }
  }
  read_signed(line, *parsed, in, manifest);
  if (in.ok()) check_numbers(manifest, in);
  if (!in.ok()) return no_manifest(in.wrong());
  return manifest;
}

Result<Heartbeat> parse_heartbeat(std::string_view bytes) {
  const std::string_view line = TRY(only_line(bytes));
  json::Document document;
  const auto parsed = document.parse(line, {.depth_max = 8});
  if (!parsed) return no_manifest("JSON");
  Members in(*parsed);
  if (in.text("type") != kHeartbeatType) return no_manifest("type");
  Heartbeat heartbeat;
  heartbeat.organization_id = in.text("organization_id");
  heartbeat.destination = in.text("destination");
  heartbeat.stream = in.count("stream");
  heartbeat.window = in.count("window");
  heartbeat.next_due_at = in.time("next_due_at");
  if (const auto manifest = in.object_or_null("manifest")) {
    heartbeat.manifest = read_manifest_ref(*manifest, in);
  } else {
    in.fail("manifest");
  }
  if (const auto seal = in.object_or_null("signature")) {
    heartbeat.seal = read_seal(line, *seal, in);
  } else {
    in.fail("signature");
  }
  if (!in.ok()) return no_manifest(in.wrong());
  return heartbeat;
}

Judgement check_seal(std::string_view type, std::string_view bytes, const Seal& seal,
                     const std::vector<merkle::VerifierKey>& keys) {
  const merkle::VerifierKey* key = find_key(keys, seal.key);
  if (key == nullptr) {
    return {State::unverifiable, "it is signed by " + seal.key + ", which was not given (--key)"};
  }
  std::string message(type);
  message += '\n';
  message += bytes.substr(0, seal.signed_bytes);
  if (!crypto::verify(as_text(key->key()), message, seal.signature)) {
    return {State::altered, "its signature does not hold"};
  }
  return {};
}

Judgement check_note(std::string_view note, const std::vector<merkle::VerifierKey>& keys) {
  const auto parsed = merkle::parse_note(note);
  if (!parsed) return {State::altered, "its checkpoint is no signed note"};
  const auto verified = merkle::verify_note(*parsed, keys);
  if (!verified) return {State::altered, "the signature of its checkpoint does not hold"};
  const std::string_view origin = std::string_view(parsed->text).substr(0, parsed->text.find('\n'));
  for (const merkle::Verified& signature : *verified) {
    if (signature.key.name() == origin && signature.key.type() == merkle::KeyType::ed25519)
      return {};
  }
  return {State::unverifiable,
          "its checkpoint is of " + std::string(origin) + ", whose key was not given (--key)"};
}

Judgement check_log_part(const Manifest& manifest) {
  const LogPart& log = *manifest.log;
  const std::string_view key = manifest.seal->key;
  if (key.substr(0, key.rfind('+')) != log.checkpoint.origin) {
    return {State::altered, "its checkpoint is of another log than its signature"};
  }
  const merkle::Hash before = log.range.root();
  if (log.consistency &&
      !merkle::verify_consistency(manifest.first_seq - 1, before, manifest.last_seq,
                                  log.checkpoint.root, *log.consistency)) {
    return {State::altered, "its log does not begin with the log before it"};
  }
  if (manifest.entries() == 0 && before != log.checkpoint.root) {
    return {State::altered, "it is empty and its log is another one than before"};
  }
  return {};
}

}  // namespace trailkeeper::verify
