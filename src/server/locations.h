#pragma once

#include "data_folder.h"
#include "packs/locations.h"
#include "server/config.h"

namespace trailkeeper::server {

// What data packs may be read from beside databases, by processes of the engine. Empties the folder
// that these use, so it is asked once, before any is started.
packs::LocationRules location_rules(const Config& config, const DataFolder& folder);

}  // namespace trailkeeper::server
