#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "base/ids.h"

namespace trailkeeper {
namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<> sync_folder(const std::string& path) {
  const FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return system_error("open " + path, errno);
  if (::fsync(folder.get()) != 0) return system_error("sync " + path, errno);
  return {};
}

Result<> write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t wrote = ::write(fd, content.data(), content.size());
    if (wrote < 0) {
      if (errno == EINTR) continue;
      return system_error("write " + path, errno);
    }
    content.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

Result<> write_and_sync(const std::string& path, std::string_view content, unsigned mode) {
  const FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return system_error("create " + path, errno);
  TRY(write_all(file.get(), content, path));
  // Not left to the umask.
  if (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0) {
    return system_error("change mode of " + path, errno);
  }
  if (::fsync(file.get()) != 0) return system_error("sync " + path, errno);
  return {};
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error("open " + path, errno);
  std::string content;
  char buffer[64 * 1024];
  while (true) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0) {
      if (errno == EINTR) continue;
      return system_error("read " + path, errno);
    }
    if (got == 0) return content;
    if (content.size() + static_cast<std::size_t>(got) > limit) {
      return Error{ErrorKind::too_large, "file_too_large",
                   path + " is larger than " + std::to_string(limit) + " bytes"};
    }
    content.append(buffer, static_cast<std::size_t>(got));
  }
}

Result<> write_file_durably(const std::string& path, std::string_view content, unsigned mode) {
  const std::string temporary = path + ".new-" + random_base32(10);
  Result<> written = write_and_sync(temporary, content, mode);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = system_error("rename to " + path, errno);
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_folder_of(path);
}

Result<> sync_folder_of(const std::string& path) { return sync_folder(folder_of(path)); }

Result<> make_folders(const std::string& path) {
  if (path.empty()) return system_error("create folder", ENOENT);
  struct stat existing {};
  if (::stat(path.c_str(), &existing) == 0) {
    if (S_ISDIR(existing.st_mode)) return {};
    return system_error("create folder " + path, ENOTDIR);
  }
  const auto end = path.find_last_not_of('/');
  const std::string bare = path.substr(0, end + 1);
  const std::string parent = folder_of(bare);
  TRY(make_folders(parent));
  // Another process may have made it meanwhile.
  if (::mkdir(bare.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_error("create folder " + bare, errno);
  }
  return sync_folder(parent);
}

Error system_error(std::string_view what, int error_number) {
  Error error{ErrorKind::failed, "system", std::string(what)};
  error.message.append(": ").append(std::generic_category().message(error_number));
  switch (error_number) {
    case ENOENT:
      error.kind = ErrorKind::not_found;
      error.code = "file_not_found";
      break;
    case ENOSPC:
    case EDQUOT:
      error.kind = ErrorKind::unavailable;
      error.code = "disk_full";
      break;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
      error.kind = ErrorKind::unavailable;
      error.code = "resources";
      break;
    case EIO:
      error.kind = ErrorKind::fatal;
      error.code = "storage";
      break;
    default:
      break;
  }
  return error;
}

}  // namespace trailkeeper
