#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "settings/limits.h"
#include "settings/outbox.h"

// What is the same for the limits of orgs and of keys.
namespace trailkeeper::access {

// Adds a problem for each value out of its bounds; `pointer` is that of the object.
void check_limits(std::vector<FieldProblem>& problems, const std::string& pointer,
                  const settings::Limits& limits);

// For the entry: what is different now, each field as `limits.events_per_second` and so on.
void add_limit_changes(std::vector<settings::Change>& changes, const settings::Limits& before,
                       const settings::Limits& after);

}  // namespace trailkeeper::access
