#include "manifest.h"

#include "json/writer.h"

namespace trailkeeper::deliver {

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
      .member("format", "jsonl.gz")
      .key("filter")
      .null();
  out.member("withheld", "0").key("files").begin_array();
  for (const settings::StagedObject& file : files) {
    out.begin_object()
        .member("key", file.key)
        .member("bytes", file.bytes)
        .member("rows", file.rows);
    out.member("sha256", to_hex(as_text(file.sha256))).end_object();
  }
  out.end_array().key("previous");
  if (previous.key.empty()) {
    out.null();
  } else {
    out.begin_object().member("key", previous.key).member("sha256", previous.sha256).end_object();
  }
  out.key("signature").null().end_object();
  return out.take() + "\n";
}

}  // namespace trailkeeper::deliver
