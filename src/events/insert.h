#pragma once

#include <string>

#include "base/result.h"
#include "clickhouse.h"
#include "events/row.h"

namespace trailkeeper::events {

// EventStore::insert_batch.
Result<> insert_rows(ClickHouse& server, const StoreSettings& settings, const BatchBuilder& rows,
                     const std::string& token);

}  // namespace trailkeeper::events
