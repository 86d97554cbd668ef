#include "otlp_model.h"

#include <cmath>

#include "base/bytes.h"
#include "json/writer.h"

namespace trailkeeper::ingest::otlp {

void LogRecord::clear() {
  time_unix_nano = 0;
  observed_time_unix_nano = 0;
  severity_number = 0;
  severity_text.clear();
  body.clear();
  attributes.clear();
  dropped_attributes_count = 0;
  flags = 0;
  trace_id.clear();
  span_id.clear();
  event_name.clear();
  problems.clear();
}

std::string resource_pointer(const Place& place) {
  return "/resourceLogs/" + std::to_string(place.resource);
}

std::string scope_pointer(const Place& place) {
  return resource_pointer(place) + "/scopeLogs/" + std::to_string(place.scope);
}

std::string record_pointer(const Place& place) {
  return scope_pointer(place) + "/logRecords/" + std::to_string(place.record);
}

void append_double(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
  } else if (std::isinf(value)) {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    out += json::Writer().real(value).take();
  }
}

std::optional<std::string> id_hex(std::string_view bytes, std::size_t size) {
  if (bytes.find_first_not_of('\0') == std::string_view::npos) return std::string();
  if (bytes.size() != size) return std::nullopt;
  return to_hex(bytes);
}

}  // namespace trailkeeper::ingest::otlp
