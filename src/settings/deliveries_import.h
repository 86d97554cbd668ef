#pragma once

#include <string>

#include "base/result.h"
#include "db/database.h"

namespace trailkeeper::settings {

// Deliveries had a database of their own once, <folder>/deliveries.db. What it holds is taken over,
// all or nothing, and the file renamed to deliveries.db.imported; nothing when there is none.
// `writer` has the present tables. Safe to repeat after a crash at any point.
Result<> import_deliveries(db::Database& writer, const std::string& folder);

}  // namespace trailkeeper::settings
