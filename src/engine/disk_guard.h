#pragma once

#include <string>

namespace trailkeeper::engine {

inline constexpr int kExitIo = 74;

// From now on a write, a sync or a change of size that fails on a file below `folder` ends the
// process with kExitIo and a sentence on standard error. The engine takes some of these errors for
// nothing: it confirmed an insert of which a file had stayed empty, and lost its rows at the next
// start. What was in progress counts as of unknown outcome, which is what the flush settles.
void guard_disk(const std::string& folder);

}  // namespace trailkeeper::engine
