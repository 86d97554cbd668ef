// LD_PRELOAD: stands between a program and libc's file calls on everything below one folder. It
// logs each change in the order it took effect (for power cuts), makes a chosen call fail (for
// fault sweeps), and shifts the wall clock. It changes nothing else, and nothing at all until
// TRAILKEEPER_SHIM_CONTROL names a control file.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "control.h"

namespace shim {
namespace {

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

Control* control = nullptr;
int log_fd = -1;
// Without a slash at its end. Not a std::string: attach() may run before it would be made.
char root_text[PATH_MAX];
std::string_view root() { return root_text; }

void make_mutex() {
  std::uint32_t none = 0;
  auto* state = reinterpret_cast<std::atomic<std::uint32_t>*>(&control->mutex_state);
  if (state->compare_exchange_strong(none, 1)) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&control->mutex, &attributes);
    state->store(2);
  }
  while (state->load() != 2) sched_yield();
}

__attribute__((constructor)) void attach() {
  const char* path = getenv("TRAILKEEPER_SHIM_CONTROL");
  const char* folder = getenv("TRAILKEEPER_SHIM_ROOT");
  if (path == nullptr || folder == nullptr) return;
  const int fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC));
  void* memory =
      fd < 0 ? MAP_FAILED : mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) {
    fprintf(stderr, "shim: cannot use %s\n", path);
    abort();
  }
  strncpy(root_text, folder, sizeof root_text - 1);
  if (const char* log = getenv("TRAILKEEPER_SHIM_LOG")) {
    log_fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CLOEXEC));
    if (log_fd < 0) abort();
  }
  control = static_cast<Control*>(memory);
  make_mutex();
}

// Held while a watched call takes effect and is logged.
class Lock {
 public:
  Lock() { take(); }
  ~Lock() { give(); }
  void take() {
    if (pthread_mutex_lock(&control->mutex) == EOWNERDEAD)
      pthread_mutex_consistent(&control->mutex);
  }
  void give() { pthread_mutex_unlock(&control->mutex); }
};

void write_out(const Record& record, std::string_view path, std::string_view data) {
  static auto* real = next<ssize_t(int, const iovec*, int)>("writev");
  const iovec parts[3] = {{const_cast<Record*>(&record), sizeof record},
                          {const_cast<char*>(path.data()), path.size()},
                          {const_cast<char*>(data.data()), data.size()}};
  const auto all = static_cast<ssize_t>(sizeof record + path.size() + data.size());
  if (real(log_fd, parts, 3) != all) abort();  // an incomplete log proves nothing
}

struct Change {
  Op op;
  std::uint64_t inode = 0;
  std::int64_t offset = 0;
  std::uint64_t begun = 0;
};

// REQUIRES: the lock.
void log_change(const Change& change, std::string_view path, std::string_view data = {}) {
  ++control->sequence;
  if (log_fd < 0) return;
  const int saved = errno;
  write_out({change.op, static_cast<std::uint32_t>(path.size()), control->sequence, change.begun,
             change.inode, change.offset, data.size()},
            path, data);
  errno = saved;
}

// REQUIRES: the lock. True, with errno set, when this call is the one to fail.
bool fails(Op op, std::string_view path) {
  Fault& fault = control->fault;
  if (fault.armed == 0 || (fault.op != 0 && fault.op != op)) return false;
  const std::string below(path.substr(std::min(path.size(), root().size() + 1)));
  if (fnmatch(fault.pattern, below.c_str(), 0) != 0) return false;
  ++fault.matched;
  if (fault.matched != fault.at && !(fault.sticky != 0 && fault.matched > fault.at)) return false;
  ++fault.fired;
  if (fault.error < 0) raise(-fault.error);
  errno = fault.error;
  return true;
}

bool below_root(std::string_view path) {
  return path.size() > root().size() && path.starts_with(root()) && path[root().size()] == '/';
}

// Absolute, without doubled, leading-dot or trailing slashes; nothing when it is not below the
// watched folder.
std::string watched_path(int folder, const char* given) {
  if (control == nullptr || given == nullptr) return {};
  std::string path = given;
  if (path.empty() || path[0] != '/') {
    char base[PATH_MAX] = "";
    if (folder == AT_FDCWD) {
      if (getcwd(base, sizeof base) == nullptr) return {};
    } else {
      const std::string link = "/proc/self/fd/" + std::to_string(folder);
      const ssize_t size = readlink(link.c_str(), base, sizeof base - 1);
      if (size <= 0) return {};
      base[size] = 0;
    }
    path = std::string(base) + "/" + path;
  }
  std::string clean;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = std::string_view(path).substr(at, end - at);
    if (!part.empty() && part != ".") (clean += '/') += part;
    at = end + 1;
  }
  return below_root(clean) ? clean : std::string();
}

// What is known of a descriptor. A number may be closed behind our back (fclose), so the inode is
// looked at each time.
struct Slot {
  std::atomic<int> state;  // 0 unknown, 1 not ours, 2 watched
  std::uint64_t inode;
  char* path;
};
constexpr int kSlots = 65536;
Slot slots[kSlots];

void forget(int fd) {
  if (fd >= 0 && fd < kSlots) slots[fd].state = 0;
}

void learn(int fd, const std::string& path) {
  if (fd < 0 || fd >= kSlots) return;
  struct stat status {};
  fstat(fd, &status);
  Slot& slot = slots[fd];
  free(slot.path);
  slot.path = strdup(path.c_str());
  slot.inode = status.st_ino;
  slot.state = path.empty() ? 1 : 2;
}

Slot* watched(int fd) {
  if (control == nullptr || fd < 0 || fd >= kSlots) return nullptr;
  Slot& slot = slots[fd];
  if (slot.state == 1) return nullptr;
  const int saved = errno;
  struct stat status {};
  const bool known = slot.state == 2 && fstat(fd, &status) == 0 && status.st_ino == slot.inode;
  if (!known) {
    char target[PATH_MAX] = "";
    const ssize_t size =
        readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), target, sizeof target - 1);
    const std::string path(target, size > 0 ? static_cast<std::size_t>(size) : 0);
    learn(fd, below_root(path) ? path : std::string());
  }
  errno = saved;
  return slot.state == 2 ? &slot : nullptr;
}

template <typename Call>
int open_file(int folder, const char* given, int flags, Call call) {
  const std::string path = watched_path(folder, given);
  if (path.empty()) {
    const int fd = call();
    forget(fd);
    return fd;
  }
  Lock lock;
  if ((flags & O_ACCMODE) != O_RDONLY && fails(kOpen, path)) return -1;
  struct stat before {};
  const bool existed = lstat(path.c_str(), &before) == 0;
  const int fd = call();
  if (fd < 0) return fd;
  learn(fd, path);
  if (!existed && (flags & O_CREAT) != 0) log_change({kCreate, slots[fd].inode}, path);
  if (existed && (flags & O_TRUNC) != 0 && before.st_size != 0)
    log_change({kTruncate, slots[fd].inode}, path);
  return fd;
}

template <typename Call>
ssize_t write_file(int fd, const void* bytes, std::int64_t offset, Call call) {
  Slot* slot = watched(fd);
  if (slot == nullptr) return call();
  Lock lock;
  if (fails(kWrite, slot->path)) return -1;
  const ssize_t done = call();
  if (done <= 0) return done;
  if (offset < 0) offset = lseek(fd, 0, SEEK_CUR) - done;
  log_change({kWrite, slot->inode, offset}, slot->path,
             {static_cast<const char*>(bytes), static_cast<size_t>(done)});
  return done;
}

template <typename Call>
int sync_file(int fd, Call call) {
  Slot* slot = watched(fd);
  if (slot == nullptr) return call();
  Lock lock;
  if (fails(kSync, slot->path)) return -1;
  const std::uint64_t begun = control->sequence;
  lock.give();
  const int done = call();
  lock.take();
  if (done == 0) log_change({kSync, slot->inode, 0, begun}, slot->path);
  return done;
}

template <typename Call>
int resize_file(int fd, std::int64_t size, Call call) {
  Slot* slot = watched(fd);
  if (slot == nullptr) return call();
  Lock lock;
  if (fails(kTruncate, slot->path)) return -1;
  const int done = call();
  if (done == 0) log_change({kTruncate, slot->inode, size}, slot->path);
  return done;
}

// A change of one name, or of two.
template <typename Call>
int change_name(Op op, const std::string& path, const std::string& other, Call call) {
  if (path.empty()) return call();
  Lock lock;
  if (fails(op, path)) return -1;
  const int done = call();
  if (done != 0) return done;
  struct stat status {};
  if (op == kMakeFolder || op == kSymlink) lstat(path.c_str(), &status);
  log_change({op, status.st_ino}, path, other);
  return done;
}

std::int64_t clock_shift() { return control == nullptr ? 0 : control->clock_shift_ns; }

mode_t mode_of(int flags, va_list& arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace
}  // namespace shim

using namespace shim;

#define REAL(name, type) static auto* real = next<type>(name)
#define OPEN(name)                                                                    \
  int name(const char* path, int flags, ...) {                                        \
    REAL(#name, int(const char*, int, ...));                                          \
    va_list arguments;                                                                \
    va_start(arguments, flags);                                                       \
    const mode_t mode = mode_of(flags, arguments);                                    \
    va_end(arguments);                                                                \
    return open_file(AT_FDCWD, path, flags, [&] { return real(path, flags, mode); }); \
  }
#define OPENAT(name)                                                                        \
  int name(int folder, const char* path, int flags, ...) {                                  \
    REAL(#name, int(int, const char*, int, ...));                                           \
    va_list arguments;                                                                      \
    va_start(arguments, flags);                                                             \
    const mode_t mode = mode_of(flags, arguments);                                          \
    va_end(arguments);                                                                      \
    return open_file(folder, path, flags, [&] { return real(folder, path, flags, mode); }); \
  }
#define PWRITE(name)                                                                     \
  ssize_t name(int fd, const void* bytes, size_t size, off_t offset) {                   \
    REAL(#name, ssize_t(int, const void*, size_t, off_t));                               \
    return write_file(fd, bytes, offset, [&] { return real(fd, bytes, size, offset); }); \
  }
#define FTRUNCATE(name)                                           \
  int name(int fd, off_t size) noexcept {                         \
    REAL(#name, int(int, off_t));                                 \
    return resize_file(fd, size, [&] { return real(fd, size); }); \
  }
#define FOPEN(name)                                                                      \
  FILE* name(const char* path, const char* mode) {                                       \
    REAL(#name, FILE*(const char*, const char*));                                        \
    FILE* file = nullptr;                                                                \
    const int flags =                                                                    \
        mode[0] == 'r' ? O_RDONLY : O_WRONLY | O_CREAT | (mode[0] == 'w' ? O_TRUNC : 0); \
    open_file(AT_FDCWD, path, flags, [&] {                                               \
      file = real(path, mode);                                                           \
      return file == nullptr ? -1 : fileno(file);                                        \
    });                                                                                  \
    return file;                                                                         \
  }

extern "C" {

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
FOPEN(fopen)
FOPEN(fopen64)
PWRITE(pwrite)
PWRITE(pwrite64)
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

int close(int fd) {
  REAL("close", int(int));
  forget(fd);
  return real(fd);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  REAL("write", ssize_t(int, const void*, size_t));
  return write_file(fd, bytes, -1, [&] { return real(fd, bytes, size); });
}

ssize_t writev(int fd, const iovec* parts, int count) {
  REAL("writev", ssize_t(int, const iovec*, int));
  if (watched(fd) == nullptr) return real(fd, parts, count);
  std::string all;
  for (int i = 0; i < count; ++i)
    all.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  return write(fd, all.data(), all.size());
}

int fsync(int fd) {
  REAL("fsync", int(int));
  return sync_file(fd, [&] { return real(fd); });
}

int fdatasync(int fd) {
  REAL("fdatasync", int(int));
  return sync_file(fd, [&] { return real(fd); });
}

int rename(const char* from, const char* to) noexcept {
  REAL("rename", int(const char*, const char*));
  return change_name(kRename, watched_path(AT_FDCWD, from), watched_path(AT_FDCWD, to),
                     [&] { return real(from, to); });
}

int unlink(const char* path) noexcept {
  REAL("unlink", int(const char*));
  return change_name(kUnlink, watched_path(AT_FDCWD, path), {}, [&] { return real(path); });
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  REAL("unlinkat", int(int, const char*, int));
  const Op op = (flags & AT_REMOVEDIR) != 0 ? kRemoveFolder : kUnlink;
  return change_name(op, watched_path(folder, path), {}, [&] { return real(folder, path, flags); });
}

int rmdir(const char* path) noexcept {
  REAL("rmdir", int(const char*));
  return change_name(kRemoveFolder, watched_path(AT_FDCWD, path), {}, [&] { return real(path); });
}

int remove(const char* path) noexcept {
  struct stat status {};
  if (lstat(path, &status) != 0) return -1;
  return S_ISDIR(status.st_mode) ? rmdir(path) : unlink(path);
}

int mkdir(const char* path, mode_t mode) noexcept {
  REAL("mkdir", int(const char*, mode_t));
  return change_name(kMakeFolder, watched_path(AT_FDCWD, path), {},
                     [&] { return real(path, mode); });
}

int link(const char* from, const char* to) noexcept {
  REAL("link", int(const char*, const char*));
  return change_name(kLink, watched_path(AT_FDCWD, from), watched_path(AT_FDCWD, to),
                     [&] { return real(from, to); });
}

int symlink(const char* target, const char* path) noexcept {
  REAL("symlink", int(const char*, const char*));
  return change_name(kSymlink, watched_path(AT_FDCWD, path), target,
                     [&] { return real(target, path); });
}

// The engine renames without replacing by number.
long syscall(long number, ...) noexcept {
  REAL("syscall", long(long, ...));
  va_list arguments;
  va_start(arguments, number);
  long a[6];
  for (long& argument : a) argument = va_arg(arguments, long);
  va_end(arguments);
  const auto call = [&] { return real(number, a[0], a[1], a[2], a[3], a[4], a[5]); };
  if (number != SYS_renameat2) return call();
  const std::string from =
      watched_path(static_cast<int>(a[0]), reinterpret_cast<const char*>(a[1]));
  const std::string to = watched_path(static_cast<int>(a[2]), reinterpret_cast<const char*>(a[3]));
  return change_name(kRename, from, to, [&] { return static_cast<int>(call()); });
}

int clock_gettime(clockid_t clock, timespec* out) noexcept {
  REAL("clock_gettime", int(clockid_t, timespec*));
  const int done = real(clock, out);
  const std::int64_t shift = clock_shift();
  if (done != 0 || shift == 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
    return done;
  const std::int64_t moved = out->tv_sec * 1'000'000'000 + out->tv_nsec + shift;
  *out = {moved / 1'000'000'000, moved % 1'000'000'000};
  return 0;
}

int gettimeofday(timeval* out, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *out = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
