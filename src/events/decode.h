#pragma once

#include <optional>
#include <string_view>

#include "columns.h"
#include "events/row.h"

namespace trailkeeper::events {

// Takes the row at the start of `bytes` apart, as views into them, and answers its size; empty when
// they end within it. `failed` (`bad_row`) when they are no row of ours.
Result<std::optional<std::size_t>> decode_row(std::string_view bytes, RowColumns& row);

// The batch of a whole row.
std::uint64_t batch_of(std::string_view row);

}  // namespace trailkeeper::events
