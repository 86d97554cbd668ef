#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "event/mask.h"

namespace trailkeeper::ingest {

// What is masked, as JSON: {"fields": [...], "drop_fields": [...], "card_numbers": true}.
std::string masking_json(const event::MaskRules& rules);
Result<event::MaskRules> parse_masking(std::string_view json);

// `invalid` with pointers: names that are empty or too long, too many of them.
Result<> check_masking(const event::MaskRules& rules);

}  // namespace trailkeeper::ingest
