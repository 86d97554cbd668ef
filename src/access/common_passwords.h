#pragma once

#include <string_view>

namespace trailkeeper::access {

// Whether the password (in lower case) is one of those that every guesser tries first.
bool is_common_password(std::string_view lower_case);

}  // namespace trailkeeper::access
