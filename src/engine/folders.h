#pragma once

#include <string>

#include "base/result.h"

namespace trailkeeper::engine {

// Puts the names in the engine's own folders on disk. The engine syncs a part's files and the part's
// folder, but not the folder that the part is renamed into, so a power cut could take back an insert
// that was confirmed. `data`: the engine's folder; empty does nothing.
Result<> sync_parts(const std::string& data);
// The same for tables and databases too, after anything but an insert.
Result<> sync_all_folders(const std::string& data);

}  // namespace trailkeeper::engine
