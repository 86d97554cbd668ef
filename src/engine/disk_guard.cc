// The program's own definitions of these calls stand before libc's for everything in the process,
// the engine's library included. They do what libc's do and look at the result. Only in the program
// trailkeeper-store, never in a library.
#include "disk_guard.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

namespace trailkeeper::engine {
namespace {

// Empty until guard_disk(); plain memory, because calls come before main() and after it.
char guarded[PATH_MAX];

bool is_guarded(int fd) {
  char link[64];
  char path[PATH_MAX];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, sizeof path);
  return size > 0 && std::string_view(path, static_cast<std::size_t>(size)).starts_with(guarded);
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void look(const char* call, int fd) {
  const int error = errno;
  const bool of_disk = error == EIO || error == ENOSPC || error == EDQUOT || error == EROFS;
  if (of_disk && guarded[0] != 0 && is_guarded(fd)) {
    static auto* real = next<ssize_t(int, const void*, size_t)>("write");
    char text[256];
    const int size = std::snprintf(text, sizeof text,
                                   "{\"level\":\"error\",\"message\":\"the engine's disk failed; "
                                   "ending\",\"call\":\"%s\",\"error\":\"%s\"}\n",
                                   call, strerrordesc_np(error));
    if (size > 0) (void)!real(STDERR_FILENO, text, static_cast<std::size_t>(size));
    _exit(kExitIo);
  }
  errno = error;
}

}  // namespace

void guard_disk(const std::string& folder) {
  std::snprintf(guarded, sizeof guarded, "%s/", folder.c_str());
}

}  // namespace trailkeeper::engine

using trailkeeper::engine::look;
using trailkeeper::engine::next;

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  static auto* real = next<ssize_t(int, const void*, size_t)>("write");
  const ssize_t done = real(fd, bytes, size);
  if (done < 0) look("write", fd);
  return done;
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  static auto* real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  const ssize_t done = real(fd, bytes, size, offset);
  if (done < 0) look("pwrite", fd);
  return done;
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off_t offset) {
  static auto* real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite64");
  const ssize_t done = real(fd, bytes, size, offset);
  if (done < 0) look("pwrite", fd);
  return done;
}

ssize_t writev(int fd, const iovec* parts, int count) {
  static auto* real = next<ssize_t(int, const iovec*, int)>("writev");
  const ssize_t done = real(fd, parts, count);
  if (done < 0) look("writev", fd);
  return done;
}

int fsync(int fd) {
  static auto* real = next<int(int)>("fsync");
  const int done = real(fd);
  if (done < 0) look("fsync", fd);
  return done;
}

int fdatasync(int fd) {
  static auto* real = next<int(int)>("fdatasync");
  const int done = real(fd);
  if (done < 0) look("fdatasync", fd);
  return done;
}

int ftruncate(int fd, off_t size) noexcept {
  static auto* real = next<int(int, off_t)>("ftruncate");
  const int done = real(fd, size);
  if (done < 0) look("ftruncate", fd);
  return done;
}

int ftruncate64(int fd, off_t size) noexcept {
  static auto* real = next<int(int, off_t)>("ftruncate64");
  const int done = real(fd, size);
  if (done < 0) look("ftruncate", fd);
  return done;
}

}  // extern "C"
