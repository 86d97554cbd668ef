#pragma once

#include <vector>

#include "ingest/ingest.h"
#include "ingest/limits.h"

namespace trailkeeper::ingest {

// What Ingest::accept asks of the limits; without any, and for our own actions, the answer is yes.

// Before the body is looked at.
Result<> admit(Limits* limits, const Request& request);
// Once the events are known: those of `items` that belong to an org are charged to it, all of them
// to the key.
Result<> charge(Limits* limits, const Request& request, const std::vector<journal::Item>& items);
// For a body that is none: it cost a look all the same.
void charge_unread(Limits* limits, const Request& request);

}  // namespace trailkeeper::ingest
