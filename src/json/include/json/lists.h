#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/writer.h"

// Members whose value is a list, as many documents have them.
namespace trailkeeper::json {

// `"name":["...",...]`
void write_texts(Writer& out, std::string_view name, const std::vector<std::string>& texts);

// `"name":[{"pointer","code","detail"},...]`, the items of RFC 9457's `errors`.
void write_problems(Writer& out, std::string_view name, const std::vector<FieldProblem>& problems);

}  // namespace trailkeeper::json
