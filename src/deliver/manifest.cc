#include "manifest.h"

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

}  // namespace

std::string render_manifest(const settings::Stream& stream, const settings::DeliveryWindow& window,
                            const std::vector<settings::StagedObject>& files,
                            const PreviousManifest& previous) {
  json::Writer out;
  out.begin_object()
      .member("type", "trailkeeper-manifest/v1")
      .member("organization_id", stream.org.str());
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
  out.member("withheld", std::to_string(range - window.entries)).key("files").begin_array();
  for (const settings::StagedObject& file : files) {
    out.begin_object()
        .member("key", file.key)
        .member("bytes", file.bytes)
        .member("rows", file.rows);
    out.member("sha256", to_hex(as_text(file.sha256))).end_object();
  }
  out.end_array();
  write_reference(out, "previous", previous);
  if (stream.kind == settings::StreamKind::replay) {
    write_reference(out, "replay_of",
                    {stream.previous_manifest_key, stream.previous_manifest_sha256});
  }
  out.key("signature").null().end_object();
  return out.take() + "\n";
}

}  // namespace trailkeeper::deliver
