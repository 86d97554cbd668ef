#pragma once

#include <string>

#include "base/result.h"

namespace trailkeeper::engine {

// Puts the names in the engine's own folders on disk. The engine syncs a part's files and the
// part's folder, but not the folder that the part is renamed into, so a power cut could take back
// an insert that was confirmed. `data`: the engine's folder; empty does nothing.
Result<> sync_parts(const std::string& data);
// The same for tables and databases too, after anything but an insert.
Result<> sync_all_folders(const std::string& data);

// REQUIRES: the engine has not been opened. Takes away what a full disk left of a change of rows (a
// mutation): a description without its content, with which the engine would not open again. Such a
// change was never confirmed.
void remove_broken_mutations(const std::string& data);

}  // namespace trailkeeper::engine
