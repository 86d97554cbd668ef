#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/log.h"

namespace trailkeeper::engine {
namespace {

namespace fs = std::filesystem;

Result<> sync_folder(const std::string& path) {
  const FileDescriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    if (errno == ENOENT) return boost::system::in_place_value;  // dropped meanwhile
    return system_error("open " + path, errno);
  }
  if (fsync(folder.get()) != 0) return system_error("sync " + path, errno);
  return boost::system::in_place_value;
}

// The folders in `path`, and those in them up to `depth` levels down; innermost first.
Result<> sync_below(const std::string& path, int depth, bool outer) {
  std::error_code problem;
  if (depth > 0) {
    for (const auto& entry : fs::directory_iterator(path, problem)) {
      if (!entry.is_symlink(problem) && entry.is_directory(problem)) {
        TRY(sync_below(entry.path().string(), depth - 1, outer));
      }
    }
  }
  if (depth == 0 || outer) return sync_folder(path);
  return boost::system::in_place_value;
}

}  // namespace

// A table's parts lie in store/<3 letters of its number>/<number>/.
Result<> sync_parts(const std::string& data) {
  if (data.empty()) return boost::system::in_place_value;
  return sync_below(data + "/store", 2, false);
}

Result<> sync_all_folders(const std::string& data) {
  if (data.empty()) return boost::system::in_place_value;
  TRY(sync_below(data + "/store", 2, true));
  TRY(sync_below(data + "/metadata", 0, true));
  TRY(sync_below(data + "/data", 1, true));
  return sync_folder(data);
}

void remove_broken_mutations(const std::string& data) {
  constexpr std::string_view kBeginning = "format version: 1\n";
  std::error_code problem;
  std::vector<fs::path> broken;
  fs::recursive_directory_iterator entries(data + "/store", problem);
  for (; !problem && entries != fs::recursive_directory_iterator(); entries.increment(problem)) {
    if (entries.depth() >= 2) entries.disable_recursion_pending();
    const std::string name = entries->path().filename().string();
    if (entries.depth() != 2 || !name.starts_with("mutation_") || !name.ends_with(".txt")) continue;
    const auto content = read_file(entries->path().string(), std::size_t{16} << 20);
    if (content && !content->starts_with(kBeginning)) broken.push_back(entries->path());
  }
  for (const fs::path& path : broken) {
    log::warn("an unfinished change of rows is taken away", {{"file", path.string()}});
    fs::remove(path, problem);
  }
}

}  // namespace trailkeeper::engine
