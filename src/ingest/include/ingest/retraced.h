#pragma once

#include <string>
#include <string_view>

namespace trailkeeper::ingest {

// The hash that Retraced's clients compute again and compare: SHA-256 in hex over the event's id
// and what `Answer::echoes` holds of the item.
std::string retraced_hash(std::string_view id, std::string_view echo);

}  // namespace trailkeeper::ingest
