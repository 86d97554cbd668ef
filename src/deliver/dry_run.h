#pragma once

#include "base/result.h"
#include "deliver/deliveries.h"
#include "deliver/ports.h"

namespace trailkeeper::deliver {

// What of the last full UTC day before `now` passes the filter.
Result<DryRun> try_filter(Cuts& cuts, RecordSource& source, const OrgId& org,
                          const DeliveryFilter& filter, Timestamp now);

}  // namespace trailkeeper::deliver
