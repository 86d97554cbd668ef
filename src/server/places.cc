#include "places.h"

#include <filesystem>

namespace trailkeeper::server {

namespace fs = std::filesystem;

std::string program_folder() {
  std::error_code problem;
  return fs::read_symlink("/proc/self/exe", problem).parent_path().string();
}

std::string find_beside_program(const std::vector<std::string_view>& candidates) {
  std::error_code problem;
  const fs::path folder = program_folder();
  for (const std::string_view candidate : candidates) {
    const fs::path path = folder / candidate;
    if (fs::exists(path, problem)) return fs::canonical(path, problem).string();
  }
  return {};
}

}  // namespace trailkeeper::server
