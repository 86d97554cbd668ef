#pragma once

#include <string>

#include "location_query.h"
#include "packs/locations.h"
#include "packs/source.h"

// How a location's settings become what its process may reach, and the engine's words for its
// files.
namespace trailkeeper::packs {

// `invalid` with fields.
Result<> check_location_settings(const SourceSettings& settings, const LocationRules& rules);

// Resolves the host, once. `forbidden` when it leads to where it may not.
Result<LocationAccess> access_of(const SourceSettings& settings, const LocationRules& rules);

// host/bucket, host/path or the folder; for people.
std::string location_name(const SourceSettings& settings);

// The engine's table function over a place; with `listing` one row for each file and none of its
// content.
std::string location_table(const SourceSettings& settings, const LocationPlace& place,
                           bool listing);

}  // namespace trailkeeper::packs
