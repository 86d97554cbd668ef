#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace trailkeeper {

// A file descriptor that closes itself. Move-only.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Whole file at once; `too_large` above `limit` bytes.
Result<std::string> read_file(const std::string& path, std::size_t limit = 16u << 20);

// Replaces `path` by `content`, atomically and durably: written beside it, synced, renamed, folder
// synced.
Result<> write_file_durably(const std::string& path, std::string_view content,
                            unsigned mode = 0600);

// Makes the names in the folder of `path` durable: what was created, renamed or removed there.
Result<> sync_folder_of(const std::string& path);

// mkdir -p with mode 0700 for what is new.
Result<> make_folders(const std::string& path);

// A system call's failure in words: "open /x/y: Permission denied".
Error system_error(std::string_view what, int error_number);

}  // namespace trailkeeper
