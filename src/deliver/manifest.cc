#include "manifest.h"

#include "base/bytes.h"
#include "forms.h"
#include "json/writer.h"

namespace trailkeeper::deliver {
namespace {

void write_reference(json::Writer& out, std::string_view name, const PreviousManifest& manifest) {
  out.key(name);
  if (manifest.key.empty()) {
    out.null();
  } else {
    out.begin_object().member("key", manifest.key).member("sha256", manifest.sha256).end_object();
  }
}

void write_hashes(json::Writer& out, const std::vector<merkle::Hash>& hashes) {
  out.begin_array();
  for (const merkle::Hash& hash : hashes) out.string(to_base64(as_text(hash)));
  out.end_array();
}

void write_window(json::Writer& out, const settings::Stream& stream,
                  const settings::DeliveryWindow& window) {
  out.member("destination", stream.destination)
      .member("stream", stream.number)
      .member("window", window.number);
  if (window.number == 0) {
    out.member("reason", stream.reason).member("uncertain", stream.uncertain);
  }
  out.member("start", format_rfc3339(window.span.start))
      .member("end", format_rfc3339(window.span.end));
  out.member("first_seq", std::to_string(window.first_seq.value))
      .member("last_seq", std::to_string(window.last_seq.value));
  // Everything received before it is delivered up to this window.
  out.member("watermark", format_rfc3339(window.span.end))
      .member("format", file_ending(window.shape))
      .key("filter");
  if (window.shape.filter.empty()) {
    out.null();
  } else {
    out.raw(window.shape.filter);
  }
  const std::uint64_t range = window.last_seq.value + 1 - window.first_seq.value;
  out.member("withheld", std::to_string(range - window.entries));
}

void write_files(json::Writer& out, const std::vector<settings::StagedObject>& files) {
  out.key("files").begin_array();
  for (const settings::StagedObject& file : files) {
    if (file.leaves) continue;
    out.begin_object()
        .member("key", file.key)
        .member("bytes", file.bytes)
        .member("rows", file.rows);
    out.member("sha256", to_hex(as_text(file.sha256))).end_object();
  }
  out.end_array();
}

void write_leaves(json::Writer& out, const std::vector<settings::StagedObject>& files) {
  out.key("leaves");
  for (const settings::StagedObject& file : files) {
    if (!file.leaves) continue;
    out.begin_object().member("key", file.key).member("bytes", file.bytes);
    out.member("sha256", to_hex(as_text(file.sha256))).end_object();
    return;
  }
  out.null();
}

void write_proof(json::Writer& out, const settings::DeliveryWindow& window,
                 const PreviousManifest& previous, const ManifestProof& proof) {
  const ledger::Border& border = proof.border;
  out.member("epoch", static_cast<std::int64_t>(border.epoch));
  if (proof.old_log) {
    out.key("old_log").begin_object();
    out.member("epoch", static_cast<std::int64_t>(proof.old_log->epoch)).key("checkpoint");
    if (proof.old_log->checkpoint.empty()) {
      out.null();
    } else {
      out.string(proof.old_log->checkpoint);
    }
    out.end_object();
  }
  out.member("checkpoint", border.checkpoint).key("compact_range").begin_object();
  out.member("size", std::to_string(window.first_seq.value - 1)).key("hashes");
  write_hashes(out, border.range);
  out.end_object().key("consistency");
  if (!previous.key.empty() && previous.epoch == border.epoch) {
    write_hashes(out, border.consistency);
  } else {
    out.null();
  }
}

}  // namespace

std::string render_manifest(const settings::Stream& stream, const settings::DeliveryWindow& window,
                            const std::vector<settings::StagedObject>& files,
                            const PreviousManifest& previous,
                            const std::optional<ManifestProof>& proof) {
  json::Writer out;
  out.begin_object().member("type", kManifestType).member("organization_id", stream.org.str());
  write_window(out, stream, window);
  write_files(out, files);
  if (proof) write_leaves(out, files);
  // A replay has nothing before it but the window that it repeats.
  const bool replay = stream.kind == settings::StreamKind::replay;
  const bool opens_replay = replay && window.number == 0 && proof;
  write_reference(out, "previous", opens_replay ? PreviousManifest{} : previous);
  if (replay) {
    write_reference(out, "replay_of",
                    {stream.previous_manifest_key, stream.previous_manifest_sha256});
  }
  if (!proof) {
    out.key("signature").null().end_object();
    return out.take() + "\n";
  }
  write_proof(out, window, opens_replay ? PreviousManifest{} : previous, *proof);
  out.end_object();
  return out.take();
}

Result<ManifestProof> manifest_proof(ledger::Ledger& log, const settings::Stream& stream,
                                     const settings::DeliveryWindow& window) {
  ManifestProof proof{
      TRY(log.border(stream.org, window.first_seq.value - 1, window.last_seq.value)), std::nullopt};
  if (window.number == 0 && proof.border.epoch > 1) proof.old_log = TRY(log.old_log(stream.org));
  return proof;
}

}  // namespace trailkeeper::deliver
