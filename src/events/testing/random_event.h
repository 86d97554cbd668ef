#pragma once

#include <cstdint>
#include <random>

#include "event/event.h"

namespace trailkeeper::events::testing {

// Any event the model can hold: fields absent, empty, long, in many scripts. The same generator
// gives the same events.
event::StoredEvent random_event(std::mt19937_64& random, const std::string& org, std::uint64_t seq);

// An event as applications send them, of about 600 bytes as a record.
event::StoredEvent typical_event(std::mt19937_64& random, const std::string& org, std::uint64_t seq,
                                 Timestamp at);

}  // namespace trailkeeper::events::testing
