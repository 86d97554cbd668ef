#include "limit_rules.h"

#include <array>

namespace trailkeeper::access {

namespace {

using settings::Limits;

struct Field {
  const char* name;
  std::optional<std::int64_t> Limits::*value;
  std::int64_t most;
};

constexpr std::array<Field, 4> kFields{{
    {"events_per_second", &Limits::events_per_second, settings::kRateMax},
    {"bytes_per_second", &Limits::bytes_per_second, settings::kRateMax},
    {"requests_per_second", &Limits::requests_per_second, settings::kRateMax},
    {"burst_seconds", &Limits::burst_seconds, settings::kBurstSecondsMax},
}};

std::string json_of(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) : std::string();
}

}  // namespace

void check_limits(std::vector<FieldProblem>& problems, const std::string& pointer,
                  const Limits& limits) {
  for (const Field& field : kFields) {
    const auto& value = limits.*field.value;
    if (!value || (*value >= 1 && *value <= field.most)) continue;
    problems.push_back({pointer + "/" + field.name, "out_of_range",
                        "It must be from 1 to " + std::to_string(field.most) + "."});
  }
}

void add_limit_changes(std::vector<settings::Change>& changes, const Limits& before,
                       const Limits& after) {
  for (const Field& field : kFields) {
    if (before.*field.value == after.*field.value) continue;
    changes.push_back({.field = std::string("limits.") + field.name,
                       .before = json_of(before.*field.value),
                       .after = json_of(after.*field.value)});
  }
}

}  // namespace trailkeeper::access
