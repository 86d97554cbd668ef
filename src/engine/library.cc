#include "library.h"

#include <filesystem>

namespace trailkeeper::engine {

std::string find_library() {
  std::error_code ignored;
  const std::filesystem::path program =
      std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  const std::filesystem::path candidates[] = {
      program / "../../engine/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so",
      program / "../lib/trailkeeper/libchdb.so",
  };
  for (const std::filesystem::path& candidate : candidates) {
    if (std::filesystem::exists(candidate, ignored))
      return std::filesystem::canonical(candidate, ignored).string();
  }
  return candidates[0].lexically_normal().string();
}

}  // namespace trailkeeper::engine
