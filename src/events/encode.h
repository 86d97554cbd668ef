#pragma once

#include <string>

#include "columns.h"

namespace trailkeeper::events {

// Appends one row as it is selected, in RowBinary.
void append_row(std::string& out, const RowColumns& row);

}  // namespace trailkeeper::events
