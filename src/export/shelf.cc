#include "shelf.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace trailkeeper::exports {

namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::uint64_t kSpaceCheckBytes = 64ull << 20;

Error no_space() {
  return {ErrorKind::failed, "no_space",
          "There is not enough room on the server's disk for the file."};
}

Error write_error(const std::string& path, int error_number) {
  if (error_number == ENOSPC || error_number == EDQUOT) return no_space();
  return system_error("write " + path, error_number);
}

Result<> sync_folder(const std::string& path) {
  const FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return system_error("sync " + path, errno);
  return {};
}

}  // namespace

Result<> Shelf::tidy(const std::unordered_set<std::string>& ids) {
  TRY(make_folders(folder_));
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, failed)) {
    const std::filesystem::path& path = entry.path();
    const bool wanted = path.extension() == ".csv" && ids.contains(path.stem().string());
    if (!wanted && ::unlink(path.c_str()) != 0)
      return system_error("unlink " + path.string(), errno);
  }
  if (failed) return system_error("read " + folder_, failed.value());
  return {};
}

Result<> Shelf::check_space() const {
  struct statvfs disk {};
  if (::statvfs(folder_.c_str(), &disk) != 0) return system_error("statvfs " + folder_, errno);
  const std::uint64_t free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  if (free < free_bytes_min_) return no_space();
  return {};
}

Result<Shelf::Part> Shelf::begin(const Uuid& id) const {
  TRY(check_space());
  const std::string path = path_of(id);
  FileDescriptor file(
      ::open((path + ".part").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return write_error(path, errno);
  return Part(*this, std::move(file), path);
}

Shelf::Part::~Part() {
  if (file_) ::unlink((path_ + ".part").c_str());
}

Result<> Shelf::Part::write(std::string_view bytes) {
  bytes_ += bytes.size();
  buffer_.append(bytes);
  if (buffer_.size() >= kBufferBytes) TRY(flush());
  if (bytes_ >= next_check_) {
    next_check_ = bytes_ + kSpaceCheckBytes;
    TRY(shelf_->check_space());
  }
  return {};
}

Result<> Shelf::Part::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(file_.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return write_error(path_, errno);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  return {};
}

Result<> Shelf::Part::finish() {
  TRY(flush());
  if (::fsync(file_.get()) != 0) return write_error(path_, errno);
  if (::rename((path_ + ".part").c_str(), path_.c_str()) != 0)
    return system_error("rename " + path_, errno);
  file_ = FileDescriptor();
  return sync_folder(shelf_->folder_);
}

Result<FileDescriptor> Shelf::open(const Uuid& id) const {
  const std::string path = path_of(id);
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) return file;
  Error error = system_error("open " + path, errno);
  if (errno == ENOENT) error.kind = ErrorKind::not_found;
  return error;
}

Result<> Shelf::remove(const Uuid& id) const {
  const std::string path = path_of(id);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("unlink " + path, errno);
  return {};
}

}  // namespace trailkeeper::exports
