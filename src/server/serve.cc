#include "server/serve.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

#include "app.h"
#include "base/log.h"

namespace trailkeeper::server {
namespace {

int wake_pipe[2] = {-1, -1};
std::atomic<bool> fatal_seen{false};

void on_signal(int number) {
  // The next one of its kind ends the process at once.
  signal(number, SIG_DFL);
  const char byte = 's';
  const int saved = errno;
  if (write(wake_pipe[1], &byte, 1) < 0) errno = saved;
}

bool install_signals() {
  if (pipe2(wake_pipe, O_CLOEXEC) != 0) return false;
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return true;
}

void wait_for_signal() {
  char byte = 0;
  while (read(wake_pipe[0], &byte, 1) < 0 && errno == EINTR) {
  }
}

// Connections and segments need descriptors; the default soft limit is far below what the machine
// allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int exit_code(const Error& error) {
  if (error.code == "config") return kExitConfig;
  switch (error.kind) {
    case ErrorKind::fatal:
      return kExitIo;
    case ErrorKind::unavailable:
    case ErrorKind::conflict:
    case ErrorKind::limited:
      return kExitTemporary;
    case ErrorKind::invalid:
      return kExitConfig;
    default:
      return kExitFailed;
  }
}

int refuse(const Error& error) {
  std::fprintf(stderr, "trailkeeper: %s\n", error.message.c_str());
  return exit_code(error);
}

log::Level parse_level(const std::string& name) {
  if (name == "debug") return log::Level::debug;
  if (name == "warn") return log::Level::warn;
  if (name == "error") return log::Level::error;
  return log::Level::info;
}

void on_fatal(const Error& error) {
  log::error("the server has to end", {{"code", error.code}, {"error", error.message}});
  fatal_seen = true;
  const char byte = 'f';
  if (write(wake_pipe[1], &byte, 1) < 0) std::_Exit(kExitIo);
}

// Large buffers, as of a request or of a batch on its way to the store, go back to the system at
// once, and threads share a few heaps. By default each keeps what it once needed: twice the memory
// under load. That the pages of such a buffer come anew each time is not to be measured.
void bound_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 512 << 10);
  mallopt(M_ARENA_MAX, 4);
#endif
}

}  // namespace

int serve(const CommandLine& command_line) {
  auto config = load_config(command_line, process_environment());
  if (!config) return refuse(config.error());
  log::set_level(parse_level(config->log_level));
  umask(0077);
  raise_descriptor_limit();
  bound_memory();
  if (!install_signals()) return kExitTemporary;
  auto app = App::open(*std::move(config));
  if (!app) return refuse(app.error());
  if (auto started = (*app)->start(on_fatal); !started) {
    (*app)->stop();
    return refuse(started.error());
  }
  std::printf("Listening on %s\n", (*app)->public_url().c_str());
  std::fflush(stdout);
  wait_for_signal();
  log::info("stopping");
  (*app)->stop();
  log::info("stopped");
  return fatal_seen ? kExitIo : kExitOk;
}

}  // namespace trailkeeper::server
