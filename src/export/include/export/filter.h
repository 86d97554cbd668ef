#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "events/filter.h"
#include "json/document.h"

namespace trailkeeper::exports {

// The filter of an export as JSON: an object with the members that are set of `query q name email
// action area category outcome crud http_status ip actions actor_names actor_ids target_types`; all
// but the first six and ip are lists. Range and `last_seq` are not in it.
std::string filter_json(const events::Filter& filter);

// Reads such an object as a request brings it: a single value may stand for a list of one, texts
// have at most 256 bytes, lists at most 20 items, unknown members are refused. `invalid` with
// pointers that begin with `pointer`.
Result<events::Filter> parse_filter(json::Node node, std::string_view pointer);
Result<events::Filter> parse_filter(std::string_view json);

// Whether it leaves anything out, the range aside.
bool filters_anything(const events::Filter& filter);

}  // namespace trailkeeper::exports
