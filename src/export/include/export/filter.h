#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/document.h"
#include "query/query.h"

namespace trailkeeper::exports {

// The filter of an export as JSON: an object with the members that are set of `q name email action
// area category outcome crud http_status ip`; the first four and the last are texts, the others
// lists. Times are not in it. Kept with the export.
std::string filter_json(const query::Filter& filter);

// Reads such an object as a request brings it: a single value may stand for a list of one, texts
// have at most 256 bytes, lists at most 20 items, unknown members are refused. `invalid` with
// pointers that begin with `pointer`.
Result<query::Filter> parse_filter(json::Node node, std::string_view pointer);
Result<query::Filter> parse_filter(std::string_view json);

// Whether it leaves anything out.
bool filters_anything(const query::Filter& filter);

}  // namespace trailkeeper::exports
