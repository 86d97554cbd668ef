#pragma once

#include "event/view.h"
#include "json/document.h"

namespace trailkeeper::event {

// A record's own members, before the event's; false when they are not those of version 1.
bool read_head(json::Node node, StoredView& out);

}  // namespace trailkeeper::event
