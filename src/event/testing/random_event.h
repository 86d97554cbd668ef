#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "event/event.h"

// Events for property tests. The same generator gives the same events.
namespace trailkeeper::event::testing {

// Text of up to some dozen characters: common traps (quotes, control characters, combining marks,
// characters whose case folds oddly) and any other Unicode scalar value but NUL.
std::string random_text(std::mt19937_64& random);

// A compact JSON value as the record holds it: every form of number, any nesting that is allowed
// below an event's own objects.
std::string random_json(std::mt19937_64& random);

// Any event that is accepted: fields absent, empty, long, in many scripts.
StoredEvent random_event(std::mt19937_64& random, const std::string& org, std::uint64_t seq);

// The event as some client might write it in our own form: members of its objects in any order,
// white space and escapes anywhere, null for some absent members.
std::string random_wire(std::mt19937_64& random, const Event& event);

// An event as applications send them, of about 600 bytes as a record.
StoredEvent typical_event(std::mt19937_64& random, const std::string& org, std::uint64_t seq,
                          Timestamp at);

}  // namespace trailkeeper::event::testing
