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

// The unit of a quota; those of the draft's registry where it has one.
std::string_view unit_of(std::string_view name) {
  if (name == "bytes") return "content-bytes";
  return name;
}

// `;name=value` of a structured field (RFC 9651).
void add_parameter(std::string& out, char name, std::int64_t value) {
  out += ';';
  out += name;
  out += '=';
  out += std::to_string(value);
}

}  // namespace

void add_limit_headers(httpd::Response& response, const ingest::LimitReport& report) {
  if (report.count == 0) return;
  std::string policy;
  std::string left;
  policy.reserve(160);
  left.reserve(96);
  for (std::size_t i = 0; i < report.count; ++i) {
    const ingest::LimitState& state = report.states[i];
    for (std::string* out : {&policy, &left}) {
      if (i > 0) *out += ", ";
      out->append("\"").append(state.name).append("\"");
    }
    add_parameter(policy, 'q', state.quota);
    policy.append(";qu=\"").append(unit_of(state.name)).append("\"");
    add_parameter(policy, 'w', state.window);
    add_parameter(left, 'r', state.remaining);
    add_parameter(left, 't', state.reset);
  }
  response.set("RateLimit-Policy", std::move(policy));
  response.set("RateLimit", std::move(left));
}

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
