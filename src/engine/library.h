#pragma once

#include <string>

namespace trailkeeper::engine {

// Where libchdb.so lies: in the source tree's pinned packages, or beside an installed program.
std::string find_library();

}  // namespace trailkeeper::engine
