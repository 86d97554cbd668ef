#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"

namespace trailkeeper::engine {

// A listening Unix socket at `path`, for this user only. One that a dead process left there is
// replaced.
Result<FileDescriptor> bind_socket(const std::string& path);

}  // namespace trailkeeper::engine
