#pragma once

#include <string>
#include <vector>

namespace trailkeeper::engine {

// From now on these host names lead to `address` (numeric), itself too, and no other name leads
// anywhere: nobody is asked. REQUIRES: before threads begin.
void guard_names(std::vector<std::string> names, std::string address);

}  // namespace trailkeeper::engine
