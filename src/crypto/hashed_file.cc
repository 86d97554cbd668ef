#include "crypto/hashed_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace trailkeeper::crypto {

namespace {
constexpr std::size_t kReadBytes = 1u << 16;
}

Result<HashedFile> HashedFile::create(const std::string& path) {
  FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return system_error("open " + path, errno);
  return HashedFile(std::move(fd));
}

Result<> HashedFile::write(std::string_view bytes) {
  sha256_.update(bytes);
  md5_.update(bytes);
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error("write a file", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<FileDigest> HashedFile::finish() {
  if (::fsync(fd_.get()) != 0) return system_error("sync a file", errno);
  return FileDigest{bytes_, sha256_.finish(), md5_.finish()};
}

Result<Sha256Digest> sha256_of_file(const std::string& path) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return system_error("open " + path, errno);
  Sha256 hash;
  std::string buffer(kReadBytes, '\0');
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read " + path, errno);
    if (got == 0) return hash.finish();
    hash.update(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  }
}

}  // namespace trailkeeper::crypto
