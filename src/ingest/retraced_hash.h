#pragma once

#include <string>

#include "json/document.h"

namespace trailkeeper::ingest {

// The text that Retraced's clients hash, without the id and colon at its start: what
// buildHashTarget() of npm @retracedhq/retraced makes of the event that was sent.
std::string retraced_hash_target(json::Node event);

}  // namespace trailkeeper::ingest
