#pragma once

#include <string>

#include "columns.h"

namespace trailkeeper::events {

// Appends one row as it is inserted, in RowBinary, and answers how many of its bytes are also
// selected. `folding` says whether any of its text may change by folding beyond ASCII.
std::size_t append_row(std::string& out, const RowColumns& row, bool folding);

}  // namespace trailkeeper::events
