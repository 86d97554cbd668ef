#include "confine.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/file.h"

namespace trailkeeper::engine {
namespace {

// Rights of later kernels than the headers know.
constexpr std::uint64_t kRefer = 1ULL << 13;     // ABI 2
constexpr std::uint64_t kTruncate = 1ULL << 14;  // ABI 3
constexpr std::uint64_t kIoctlDev = 1ULL << 15;  // ABI 5

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kAllOfAbi1 = (1ULL << 13) - 1;
constexpr std::uint64_t kWriteOfAbi1 =
    kAllOfAbi1 & ~static_cast<std::uint64_t>(LANDLOCK_ACCESS_FS_EXECUTE);

std::uint64_t handled_rights(long abi) {
  std::uint64_t rights = kAllOfAbi1;
  if (abi >= 2) rights |= kRefer;
  if (abi >= 3) rights |= kTruncate;
  if (abi >= 5) rights |= kIoctlDev;
  return rights;
}

Result<> allow(int ruleset, const std::string& path, std::uint64_t rights) {
  FileDescriptor folder(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!folder) return boost::system::in_place_value;  // what is not there needs no right
  struct stat status {};
  if (fstat(folder.get(), &status) == 0 && !S_ISDIR(status.st_mode)) {
    rights &= kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;
  }
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = folder.get();
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return system_error("landlock " + path, errno);
  }
  return boost::system::in_place_value;
}

Result<bool> restrict_files(const std::vector<std::string>& writable,
                            const std::vector<std::string>& readable) {
  const long abi =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = handled_rights(abi);
  FileDescriptor ruleset(static_cast<int>(
      syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes.handled_access_fs), 0)));
  if (!ruleset) return system_error("landlock", errno);
  const std::uint64_t write_rights =
      (kWriteOfAbi1 | kRefer | kTruncate) & attributes.handled_access_fs;
  for (const std::string& path : writable) TRY(allow(ruleset.get(), path, write_rights));
  for (const std::string& path : readable) TRY(allow(ruleset.get(), path, kRead));
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
    return system_error("landlock", errno);
  return true;
}

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "name this architecture's seccomp number here"
#endif

constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | (EACCES & SECCOMP_RET_DATA);
constexpr std::uint32_t kUnknown = SECCOMP_RET_ERRNO | (ENOSYS & SECCOMP_RET_DATA);
constexpr std::uint32_t kNewNamespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID |
                                         CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

// Decides call by call. Answers EACCES to what is refused and kills callers of another
// architecture's numbers.
class Filter {
 public:
  Filter() {
    add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
    add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
    add(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));  // x32's numbers
    add(BPF_STMT(BPF_RET | BPF_K, kRefuse));
  }
  void answer(std::uint32_t call, std::uint32_t with) {
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
    add(BPF_STMT(BPF_RET | BPF_K, with));
  }
  void refuse(std::uint32_t call) { answer(call, kRefuse); }
  // Unless its first argument is one of two.
  void refuse_unless(std::uint32_t call, std::uint32_t one, std::uint32_t other) {
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 5));
    add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)));
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, one, 2, 0));
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, other, 1, 0));
    add(BPF_STMT(BPF_RET | BPF_K, kRefuse));
    add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  // With any of these flags in its first argument.
  void refuse_flags(std::uint32_t call, std::uint32_t flags) {
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4));
    add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)));
    add(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, flags, 0, 1));
    add(BPF_STMT(BPF_RET | BPF_K, kRefuse));
    add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  // False on a kernel without filters.
  Result<bool> install() {
    add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog filter{static_cast<unsigned short>(program_.size()), program_.data()};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0)
      return true;
    if (errno == ENOSYS || errno == EINVAL) return false;
    return system_error("seccomp", errno);
  }

 private:
  void add(sock_filter instruction) { program_.push_back(instruction); }
  std::vector<sock_filter> program_;
};

// A listening socket is inherited, and accepting needs none of these.
Result<bool> restrict_calls(Sockets sockets) {
  Filter filter;
  for (const long call :
       {SYS_io_uring_setup, SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_writev})
    filter.refuse(static_cast<std::uint32_t>(call));
  if (sockets == Sockets::none) {
    filter.refuse(SYS_socket);
    return filter.install();
  }
  for (const long call :
       {SYS_process_vm_readv, SYS_kill, SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo,
        SYS_pidfd_open, SYS_pidfd_send_signal, SYS_pidfd_getfd, SYS_unshare, SYS_setns, SYS_mount,
        SYS_umount2, SYS_pivot_root, SYS_bpf, SYS_keyctl, SYS_add_key, SYS_request_key,
        SYS_perf_event_open, SYS_userfaultfd})
    filter.refuse(static_cast<std::uint32_t>(call));
  filter.refuse_unless(SYS_socket, AF_INET, AF_INET6);
  const auto own = static_cast<std::uint32_t>(getpid());
  filter.refuse_unless(SYS_tgkill, own, own);
  filter.answer(SYS_clone3, kUnknown);  // its flags lie in memory; libc then takes clone()
  filter.refuse_flags(SYS_clone, kNewNamespaces);
  return filter.install();
}

// Landlock binds the calling thread and those it makes: one that is there already would stay free.
std::ptrdiff_t thread_count() {
  std::error_code ignored;
  const std::filesystem::directory_iterator tasks("/proc/self/task", ignored);
  return std::distance(begin(tasks), end(tasks));
}

}  // namespace

Result<Confinement> confine(const std::vector<std::string>& writable,
                            const std::vector<std::string>& readable, Sockets sockets) {
  if (thread_count() != 1) {
    return Error{ErrorKind::fatal, "confined_too_late",
                 "a thread began before the process was confined"};
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return system_error("no_new_privs", errno);
  Confinement confinement;
  confinement.files = TRY(restrict_files(writable, readable));
  confinement.sockets = TRY(restrict_calls(sockets));
  return confinement;
}

bool harden_process(int parent_pid) {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  std::ofstream("/proc/self/oom_score_adj") << 300;
  if (parent_pid == 0) return true;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  return getppid() == parent_pid;
}

}  // namespace trailkeeper::engine
