#include "engine/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <thread>

#include "base/file.h"
#include "base/log.h"
#include "base/thread_annotations.h"
#include "child.h"
#include "httpc/client.h"
#include "json/document.h"
#include "socket.h"

extern char** environ;

namespace trailkeeper::engine {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds kLook{50};
constexpr milliseconds kHealthyAfter{10000};  // a child that lived so long starts the back-off anew
constexpr milliseconds kKillAfter{3000};

std::vector<std::string> child_arguments(const SupervisorSettings& settings) {
  std::vector<std::string> arguments = {
      settings.program,
      "--data",
      settings.data_folder,
      "--listen-fd",
      std::to_string(kChildSocket),
      "--parent-pid",
      std::to_string(getpid()),
      "--memory-max",
      std::to_string(settings.memory_max),
      "--connections",
      std::to_string(settings.connections),
  };
  if (!settings.library.empty()) arguments.insert(arguments.end(), {"--library", settings.library});
  arguments.insert(arguments.end(), settings.more_arguments.begin(), settings.more_arguments.end());
  return arguments;
}

}  // namespace

struct Supervisor::Impl {
  explicit Impl(SupervisorSettings given) : settings(std::move(given)) {}

  void run();
  bool watch_child();
  void ask_status();
  void set_up(bool now_up);
  void end_child();
  // Waits, but not beyond a stop.
  void pause(milliseconds length);

  const SupervisorSettings settings;
  FileDescriptor listener;
  httpc::Client client;
  std::thread thread;
  std::atomic<bool> stopping{false};
  std::atomic<bool> up{false};
  std::atomic<bool> confined{true};
  std::atomic<int> pid{0};
  std::atomic<std::uint64_t> restarts{0};
  mutable Mutex mutex;
  ConditionVariable changed;
  std::string version GUARDED_BY(mutex);
};

void Supervisor::Impl::pause(milliseconds length) {
  MutexLock lock(mutex);
  const auto until = SteadyClock::now() + length;
  while (!stopping && changed.wait_until(mutex, until) != std::cv_status::timeout) {
  }
}

void Supervisor::Impl::set_up(bool now_up) {
  if (up.exchange(now_up) == now_up) return;
  {
    MutexLock lock(mutex);
    changed.notify_all();
  }
  if (settings.on_state) settings.on_state(now_up);
}

// Asks the child for its state; it answers as soon as it serves.
void Supervisor::Impl::ask_status() {
  httpc::Request request;
  request.url = "http://localhost/status";
  request.unix_socket = settings.socket_path;
  request.connect_timeout = milliseconds(1000);
  // The engine takes a second or two to load. A short wait keeps this thread able to see the child
  // die.
  request.total_timeout = milliseconds(250);
  auto answer = client.send(request);
  if (!answer || answer->status != 200) return;
  json::Document document;
  auto root = document.parse(answer->body);
  if (!root) return;
  const auto files = root->find("files_confined");
  const auto sockets = root->find("sockets_confined");
  confined = files && files->boolean() && sockets && sockets->boolean();
  if (const auto told = root->find("version")) {
    MutexLock lock(mutex);
    version = std::string(told->text());
  }
  set_up(true);
}

// One look at the child. True while it lives.
bool Supervisor::Impl::watch_child() {
  int status = 0;
  const pid_t ended = waitpid(pid, &status, WNOHANG);
  if (ended == 0) {
    if (!up) ask_status();
    return true;
  }
  log::error("the engine ended", {{"exit_code", WIFEXITED(status) ? WEXITSTATUS(status) : -1},
                                  {"signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0}});
  pid = 0;
  set_up(false);
  return false;
}

void Supervisor::Impl::end_child() {
  if (pid == 0) return;
  kill(pid, SIGTERM);
  const auto until = SteadyClock::now() + kKillAfter;
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    if (SteadyClock::now() > until) {
      kill(pid, SIGKILL);
      waitpid(pid, &status, 0);
      break;
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
  pid = 0;
}

// The thread that starts the child has to outlive it: the kernel counts the death of that thread as
// its parent's.
void Supervisor::Impl::run() {
  milliseconds backoff = settings.backoff_min;
  while (!stopping) {
    const auto begun = SteadyClock::now();
    auto child = start_child({child_arguments(settings), listener.get(), false, environ});
    if (child) {
      pid = *child;
      while (!stopping && watch_child()) pause(kLook);
      if (stopping) break;
      ++restarts;
    } else {
      log::error("the engine cannot be started", {{"error", child.error().message}});
    }
    if (SteadyClock::now() - begun > kHealthyAfter) backoff = settings.backoff_min;
    pause(backoff);
    backoff = std::min(backoff * 2, settings.backoff_max);
  }
  end_child();
  set_up(false);
}

Supervisor::Supervisor(SupervisorSettings settings)
    : impl_(std::make_unique<Impl>(std::move(settings))) {}
Supervisor::~Supervisor() { stop(); }

Result<> Supervisor::start() {
  if (access(impl_->settings.program.c_str(), X_OK) != 0) {
    return Error{ErrorKind::failed, "engine_program",
                 "the engine's program is not at " + impl_->settings.program};
  }
  impl_->listener = TRY(bind_socket(impl_->settings.socket_path));
  impl_->stopping = false;
  impl_->thread = std::thread([this] { impl_->run(); });
  return boost::system::in_place_value;
}

bool Supervisor::wait_until_up(std::chrono::milliseconds limit) {
  const auto until = SteadyClock::now() + limit;
  MutexLock lock(impl_->mutex);
  while (!impl_->up) {
    if (impl_->changed.wait_until(impl_->mutex, until) == std::cv_status::timeout) break;
  }
  return impl_->up;
}

void Supervisor::stop() {
  if (!impl_->thread.joinable()) return;
  {
    MutexLock lock(impl_->mutex);
    impl_->stopping = true;
    impl_->changed.notify_all();
  }
  impl_->thread.join();
  impl_->listener = FileDescriptor();
  unlink(impl_->settings.socket_path.c_str());
}

bool Supervisor::up() const { return impl_->up; }
int Supervisor::pid() const { return impl_->pid; }
std::uint64_t Supervisor::restarts() const { return impl_->restarts; }
bool Supervisor::confined() const { return impl_->confined; }
std::string Supervisor::version() const {
  MutexLock lock(impl_->mutex);
  return impl_->version;
}

}  // namespace trailkeeper::engine
