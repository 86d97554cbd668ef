#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"

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

}  // namespace trailkeeper::engine
