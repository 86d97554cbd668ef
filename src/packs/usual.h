#pragma once

#include <string>
#include <vector>

#include "packs/definition.h"
#include "settings/pack_runs.h"
#include "stager.h"

namespace trailkeeper::packs {

// A number that is far from what it was in the runs before.
struct Oddity {
  std::string what;  // rows, bytes, nulls of <column>, %
  double usual = 0;
  double now = 0;
};

// Compares with delivered runs of the same series; nothing with less than three of them.
std::vector<Oddity> oddities(const std::vector<settings::PackRun>& before,
                             const std::vector<Column>& columns, const Staged& staged,
                             int tolerance_percent);

// {"name": 12, ...}; and back into the order of the columns.
std::string nulls_json(const std::vector<Column>& columns, const std::vector<std::uint64_t>& nulls);

// As PackRun::hold keeps it.
std::string hold_json(const std::vector<ColumnChange>& changes);
std::string hold_json(const std::vector<Oddity>& numbers);

}  // namespace trailkeeper::packs
