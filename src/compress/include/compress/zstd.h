#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace trailkeeper::compress {

// Whole text of one or more zstd frames (RFC 8878; windows up to 8 MiB). `too_large` (code
// `too_large`) as soon as there are more than `limit` bytes; `invalid` (code `bad_zstd`) when it is
// cut short or damaged.
Result<std::string> unzstd(std::string_view compressed, std::size_t limit);

}  // namespace trailkeeper::compress
