#pragma once

#include <string>

#include "base/result.h"

namespace trailkeeper::cli {

// A password from standard input: asked for twice without showing it at a terminal, else the first
// line. May be empty. `invalid` when the two differ.
Result<std::string> read_password();

}  // namespace trailkeeper::cli
