#include "heartbeat.h"

#include "json/writer.h"

namespace trailkeeper::deliver {

std::string render_heartbeat(const Heartbeat& heartbeat) {
  json::Writer out;
  out.begin_object()
      .member("type", kHeartbeatType)
      .member("organization_id", heartbeat.stream.org.str())
      .member("destination", heartbeat.stream.destination)
      .member("stream", heartbeat.stream.number)
      .member("window", heartbeat.window.number)
      .member("watermark", format_rfc3339(heartbeat.window.span.end))
      .key("manifest")
      .begin_object()
      .member("key", heartbeat.manifest.key)
      .member("sha256", to_hex(as_text(heartbeat.manifest.sha256)))
      .end_object()
      .member("next_due_at", format_rfc3339(heartbeat.next_due_at))
      .member("written_at", format_rfc3339(heartbeat.written_at))
      .end_object();
  return out.take();
}

}  // namespace trailkeeper::deliver
