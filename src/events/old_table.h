#pragma once

#include "base/result.h"
#include "clickhouse.h"

namespace trailkeeper::events {

// Moves the rows of the table `events` into `entries`, batch by batch, and drops it. Nothing to do
// when there is none. Cut short, it goes on where it was: a batch whose rows are not all there is
// moved again. REQUIRES: nothing else writes to `entries` meanwhile.
Result<> move_old_table(ClickHouse& server, const StoreSettings& settings);

}  // namespace trailkeeper::events
