#pragma once

#include "events/filter.h"
#include "ingest/registry.h"
#include "query_reader.h"

namespace trailkeeper::api {

// The parameters that say which entries are meant, the same on every route over them: from, to,
// query, q, name, email, action, area, category, outcome, ip.
events::Filter read_event_filter(QueryReader& reader, const ingest::Registry& registry);

// `from` and `to` alone.
void read_event_range(QueryReader& reader, events::Filter& filter);

}  // namespace trailkeeper::api
