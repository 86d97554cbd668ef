#pragma once

#include "deliver/deliveries.h"
#include "settings/deliveries.h"

namespace trailkeeper::deliver {

// What was entered as it is kept: path without slashes at its ends, defaults filled in. `invalid`
// with a problem for each value that cannot be right. A draft may lack the bucket.
Result<settings::S3Target> checked_target(const DestinationRequest& request,
                                          const Settings& settings);

// What the files will look like. REQUIRES: checked_target() took the request.
settings::Shape shape_of(const DestinationRequest& request);

// Of what is sent, as people choose it.
std::string encryption_choice(const std::string& header);

// Where requests for the target go; `role_arn` and `session_name` filled in from the destination.
SinkTarget sink_target(const settings::S3Target& target, const settings::Destination& destination,
                       const Settings& settings);

}  // namespace trailkeeper::deliver
