#pragma once

#include <optional>

#include "json/writer.h"
#include "object_reader.h"
#include "settings/limits.h"

// Limits of intake as orgs and keys show and take them.
namespace trailkeeper::api {

// The member `limits`: an object whose absent and null members mean the configured default. Empty
// when the member is absent; `null` is an object without members.
std::optional<settings::Limits> read_limits(ObjectReader& reader);

// The member `limits`, null where the default holds.
void write_limits(json::Writer& out, const settings::Limits& limits);

}  // namespace trailkeeper::api
