#include "intake_limits.h"

namespace trailkeeper::api {
namespace {

void write_rate(json::Writer& out, std::string_view name, const std::optional<std::int64_t>& rate) {
  out.key(name);
  if (rate) {
    out.integer(*rate);
  } else {
    out.null();
  }
}

}  // namespace

std::optional<settings::Limits> read_limits(ObjectReader& reader) {
  if (reader.is_null("limits")) return settings::Limits{};
  const auto node = reader.optional_object("limits");
  if (!node) return std::nullopt;
  ObjectReader part(*node, reader.pointer_of("limits"));
  settings::Limits limits;
  limits.events_per_second = part.optional_integer("events_per_second", 1, settings::kRateMax);
  limits.bytes_per_second = part.optional_integer("bytes_per_second", 1, settings::kRateMax);
  limits.requests_per_second = part.optional_integer("requests_per_second", 1, settings::kRateMax);
  limits.burst_seconds = part.optional_integer("burst_seconds", 1, settings::kBurstSecondsMax);
  reader.join(part);
  return limits;
}

void write_limits(json::Writer& out, const settings::Limits& limits) {
  out.key("limits").begin_object();
  write_rate(out, "events_per_second", limits.events_per_second);
  write_rate(out, "bytes_per_second", limits.bytes_per_second);
  write_rate(out, "requests_per_second", limits.requests_per_second);
  write_rate(out, "burst_seconds", limits.burst_seconds);
  out.end_object();
}

}  // namespace trailkeeper::api
