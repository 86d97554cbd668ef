#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "base/file.h"

namespace trailkeeper::packs {

// Some bytes as a file that has a path and lies on no disk.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content) : fd_(::memfd_create("content", MFD_CLOEXEC)) {
    while (!content.empty()) {
      ssize_t put = ::write(fd_.get(), content.data(), content.size());
      if (put <= 0) return;  // it is too short then, which whoever sends it sees
      content.remove_prefix(put);
    }
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }

 private:
  FileDescriptor fd_;
};

}  // namespace trailkeeper::packs
