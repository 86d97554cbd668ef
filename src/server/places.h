#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trailkeeper::server {

// Where the running program lies, without a slash at its end.
std::string program_folder();

// The first of these that exists, seen from the program's folder; empty when none does.
std::string find_beside_program(const std::vector<std::string_view>& candidates);

}  // namespace trailkeeper::server
