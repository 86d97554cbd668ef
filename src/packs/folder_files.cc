#include "folder_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace trailkeeper::packs {
namespace {

constexpr std::size_t kReadBytes = 1u << 17;

Error problem_with(const std::string& name, int number) {
  switch (number) {
    case ENOENT:
      return {ErrorKind::not_found, "missing", name + " is not there."};
    case ENOTDIR:
      return {ErrorKind::invalid, "not_a_folder", name + " is not a folder."};
    case ELOOP:
      return {ErrorKind::invalid, "not_a_file", name + " is a link."};
    case EACCES:
    case EPERM:
      return {ErrorKind::unavailable, "no_permission",
              name + " may not be read or changed by the server's user."};
    default:
      return {ErrorKind::unavailable, "disk", system_error(name, number).message};
  }
}

Result<FileLook> look_of(const std::string& name, const struct stat& status) {
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorKind::invalid, "not_a_file",
                 name + " is no regular file; links, folders and devices are not taken."};
  }
  // A second name could be one of a file that the writer may not read.
  if (status.st_nlink != 1)
    return Error{ErrorKind::invalid, "not_a_file", name + " has other names (hard links)."};
  const auto nanoseconds = [](const timespec& time) {
    return std::to_string(time.tv_sec) + "." + std::to_string(time.tv_nsec);
  };
  return FileLook{
      .bytes = static_cast<std::uint64_t>(status.st_size),
      .changed_at = from_micros(status.st_ctim.tv_sec * 1'000'000 + status.st_ctim.tv_nsec / 1000),
      .mark = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) + ":" +
              std::to_string(status.st_size) + ":" + nanoseconds(status.st_mtim) + ":" +
              nanoseconds(status.st_ctim)};
}

}  // namespace

Result<std::vector<std::string>> names_in(int folder, std::size_t limit) {
  const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return problem_with("The folder", errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> list(::fdopendir(again), ::closedir);
  if (!list) {
    ::close(again);
    return problem_with("The folder", ENOMEM);
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(list.get());
    if (entry == nullptr && errno != 0) return problem_with("The folder", errno);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() == limit)
      return Error{ErrorKind::too_large, "too_many_files",
                   "There are more than " + std::to_string(limit) + " names in the folder."};
    names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<FileDescriptor> open_folder(int parent, const std::string& name) {
  FileDescriptor folder(
      ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  // Of a link to a folder the system says either.
  if (!folder) return problem_with(name, errno == ELOOP ? ENOTDIR : errno);
  return folder;
}

Result<FileLook> look_at(int folder, const std::string& name) {
  struct stat status {};
  if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return problem_with(name, errno);
  return look_of(name, status);
}

Result<FileLook> read_through(int folder, const std::string& name, std::uint64_t bytes_max,
                              const std::function<Result<>(std::string_view piece)>& take) {
  // A pipe must not hold us up.
  const FileDescriptor file(
      ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file) return problem_with(name, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return problem_with(name, errno);
  FileLook look = TRY(look_of(name, status));
  std::string buffer(kReadBytes, '\0');
  std::uint64_t bytes = 0;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return problem_with(name, errno);
    if (got == 0) return look;
    bytes += static_cast<std::uint64_t>(got);
    if (bytes > bytes_max)
      return Error{ErrorKind::too_large, "file_too_large",
                   name + " has more than " + std::to_string(bytes_max) + " bytes."};
    TRY(take(std::string_view(buffer).substr(0, static_cast<std::size_t>(got))));
  }
}

Result<> move_name(int folder, const std::string& from, int to_folder, const std::string& to) {
  if (::syscall(SYS_renameat2, folder, from.c_str(), to_folder, to.c_str(), RENAME_NOREPLACE) == 0)
    return {};
  // Not every file system knows that kind.
  struct stat there {};
  if (errno != EINVAL) return problem_with(from, errno);
  if (::fstatat(to_folder, to.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0)
    return problem_with(to, EEXIST);
  if (::renameat(folder, from.c_str(), to_folder, to.c_str()) == 0) return {};
  return problem_with(from, errno);
}

Result<> remove_name(int folder, const std::string& name) {
  if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  return problem_with(name, errno);
}

}  // namespace trailkeeper::packs
