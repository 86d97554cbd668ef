#pragma once

#include <optional>
#include <string_view>

#include "events/row.h"

namespace trailkeeper::events {

struct DecodedRow : RowView {
  std::size_t size = 0;  // bytes taken
};

// The row at the start of `bytes`, as views into them; empty when they end within it.
Result<std::optional<DecodedRow>> decode_row(std::string_view bytes);

// The batch of a whole row.
std::uint64_t batch_of(std::string_view row);

}  // namespace trailkeeper::events
