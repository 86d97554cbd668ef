#pragma once

#include <vector>

#include "folder.h"
#include "streams.h"
#include "verify/verify.h"

namespace trailkeeper::verify {

// Reads the heartbeats: are they signed, do they agree with the manifests, do they know of windows
// that are not there.
void check_heartbeats(const Folder& folder, const std::vector<merkle::VerifierKey>& keys,
                      std::vector<Stream>& streams, Report& report);

// Files that stand where the trail's do and that no manifest names.
void check_unnamed(const Folder& folder, const std::vector<Stream>& streams, Report& report);

}  // namespace trailkeeper::verify
