#pragma once

#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// The highest time these settings have seen: the business clock never starts before it. 1970 when
// none was noted.
Result<Timestamp> time_floor(const ReadTx& tx);
// Raises it; a lower one changes nothing. Called about once a minute, and whenever the clock was
// set.
Result<> raise_time_floor(WriteTx& tx, Timestamp now);

}  // namespace trailkeeper::settings
