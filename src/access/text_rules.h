#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "settings/outbox.h"

// What names that people and programs type have to keep to.
namespace trailkeeper::access {

// Adds a problem unless `name` has 1 to `bytes_max` bytes without control characters.
void check_name(std::vector<FieldProblem>& problems, std::string pointer, std::string_view name,
                std::size_t bytes_max);

// For an entry: a text as it was and is.
settings::Change text_change(std::string field, std::string_view before, std::string_view after);

// `invalid` with all of them, or nothing when there are none. `code`: "invalid_field" says that the
// request was understood.
Result<> answer_problems(std::vector<FieldProblem> problems, std::string code = "invalid_request");

}  // namespace trailkeeper::access
