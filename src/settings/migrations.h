#pragma once

#include <span>

#include "db/database.h"

namespace trailkeeper::settings {

// Every step the tables took, in order. A step that was released is never changed; a new one goes
// to the end.
std::span<const db::Migration> migrations();

}  // namespace trailkeeper::settings
