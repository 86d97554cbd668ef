#include "data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/log.h"

namespace trailkeeper::server {

namespace fs = std::filesystem;

Result<DataFolder> DataFolder::open(const std::string& path) {
  std::error_code problem;
  std::string absolute = fs::absolute(path, problem).lexically_normal().string();
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  TRY(make_folders(absolute));
  const std::string lock_file = absolute + "/lock";
  FileDescriptor lock(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return system_error("open " + lock_file, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("lock " + lock_file, errno);
    return Error{ErrorKind::conflict, "data_locked",
                 "The data folder " + absolute +
                     " belongs to a server that runs. Stop that one, or choose another folder "
                     "with --data."};
  }
  const bool is_new = !fs::exists(absolute + "/settings.db", problem);
  return DataFolder(std::move(absolute), std::move(lock), is_new);
}

Result<crypto::Sealer> DataFolder::open_key(const std::string& configured_file) const {
  const std::string file = configured_file.empty() ? path_ + ".key" : configured_file;
  auto sealer = crypto::Sealer::read(file);
  if (sealer || sealer.error().kind != ErrorKind::not_found) return sealer;
  if (!is_new_) {
    return Error{ErrorKind::failed, "key_file",
                 "The key file " + file + " of the data folder " + path_ +
                     " is gone; without it the secrets in there cannot be read. Put it back, or "
                     "name it as secrets.key_file."};
  }
  log::info("a new key file was made; keep a copy of it apart from the backups", {{"file", file}});
  return crypto::Sealer::create(file);
}

}  // namespace trailkeeper::server
