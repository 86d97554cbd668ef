#include "engine/location_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/thread_annotations.h"
#include "child.h"
#include "httpc/forwarder.h"
#include "json/document.h"
#include "json/writer.h"
#include "messages.h"
#include "socket.h"

namespace trailkeeper::engine {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kLook{50};
constexpr std::chrono::seconds kStartMax{60};
constexpr std::size_t kAnswerBytesMax = 64u << 10;

std::string job_text(const LocationJob& job, std::uint64_t memory_max) {
  json::Writer out;
  out.begin_object().key("names").begin_array();
  for (const std::string& name : job.names) out.string(name);
  out.end_array().member("address", job.address).member("port", job.port);
  out.member("folder", job.folder).member("ca", job.ca).member("memory_max", memory_max);
  out.key("environment").begin_object();
  for (const auto& [name, value] : job.environment) out.member(name, value);
  out.end_object().key("headers").begin_object();
  for (const auto& [name, value] : job.headers) out.member(name, value);
  return out.end_object().end_object().take();
}

// With the socket as its number 3, no other file, and nothing of our environment: that may hold
// the vendor's keys.
Result<int> spawn(const LocationSettings& settings, const std::string& scratch, int job) {
  std::vector<std::string> arguments = {
      settings.program, "location", "--job-fd", std::to_string(kChildSocket), "--scratch", scratch};
  if (!settings.library.empty()) arguments.insert(arguments.end(), {"--library", settings.library});
  std::string zone = "TZ=UTC", language = "LANG=C.UTF-8";
  char* environment[] = {zone.data(), language.data(), nullptr};
  return start_child({std::move(arguments), job, true, environment});
}

Result<FileDescriptor> connect_unit(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    return Error{ErrorKind::invalid, "socket_path", "the socket's path is too long: " + path};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  FileDescriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!made ||
      connect(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    return Error{ErrorKind::unavailable, "unit_down",
                 system_error("connect " + path, errno).message};
  return made;
}

// Without what is mapped of files, such as the engine's library.
std::uint64_t memory_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  std::uint64_t kibibytes = 0, total = 0;
  for (std::string word; file >> word;) {
    if ((word == "RssAnon:" || word == "RssShmem:") && file >> kibibytes) total += kibibytes;
  }
  return total << 10;
}

Error refusal(const std::string& text) {
  json::Document document;
  const auto root = document.parse(text);
  std::string code, words;
  if (root) {
    const auto code_node = root->find("code");
    const auto error_node = root->find("error");
    if (code_node) code = std::string(code_node->text());
    if (error_node) words = std::string(error_node->text());
  }
  const bool forbidden = code == "namespaces_forbidden" || code == "not_confined";
  return {forbidden ? ErrorKind::forbidden : ErrorKind::failed,
          code.empty() ? "location_process" : code, words.empty() ? "it gave no reason" : words};
}

}  // namespace

struct LocationProcess::Impl {
  ~Impl() {
    end();
    if (watcher.joinable()) watcher.join();
    forwarder.reset();
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }

  Result<> begin(const LocationSettings& given, const LocationJob& what);
  Result<> await_answer(const LocationJob& what);
  void watch();
  void end() {
    stopping = true;
    shutdown(job.get(), SHUT_RDWR);
  }

  LocationSettings settings;
  std::string folder;       // of this process
  std::string socket_path;  // in it
  FileDescriptor job;
  int pid = 0;
  std::unique_ptr<httpc::Forwarder> forwarder;
  std::atomic<bool> stopping{false};
  mutable Mutex mutex;
  std::optional<Error> why GUARDED_BY(mutex);
  std::thread watcher;
};

Result<> LocationProcess::Impl::begin(const LocationSettings& given, const LocationJob& what) {
  settings = given;
  folder = settings.folder + "/" + random_base32(12);
  const std::string scratch = folder + "/m";
  socket_path = folder + "/s";
  TRY(make_folders(scratch));
  const FileDescriptor listener = TRY(bind_socket(socket_path));
  if (!settings.unit_socket.empty()) {
    job = TRY(connect_unit(settings.unit_socket));
  } else {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
      return system_error("socketpair", errno);
    job = FileDescriptor(pair[0]);
    const FileDescriptor theirs(pair[1]);
    pid = TRY(spawn(settings, scratch, theirs.get()));
  }
  watcher = std::thread([this] { watch(); });
  TRY(send_message(job.get(), job_text(what, settings.memory_max), listener.get()));
  return await_answer(what);
}

Result<> LocationProcess::Impl::await_answer(const LocationJob& what) {
  const timeval limit{kStartMax.count(), 0};
  setsockopt(job.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  auto answer = receive_message(job.get(), kAnswerBytesMax);
  if (!answer) {
    const MutexLock lock(mutex);
    if (why) return *why;
    return Error{ErrorKind::unavailable, "location_process", "it did not begin to answer"};
  }
  json::Document document;
  const auto root = document.parse(answer->text);
  const bool ready = root && root->find("ready").has_value();
  if (!ready) return refusal(answer->text);
  if (what.address.empty()) return {};
  if (!answer->file) return Error{ErrorKind::failed, "location_process", "it made no way out"};
  forwarder = std::make_unique<httpc::Forwarder>(std::move(answer->file), what.address, what.port);
  return {};
}

// Ends it when it takes more memory than it may, and collects it. It ends by itself with the
// socket; that is made sure of.
void LocationProcess::Impl::watch() {
  if (pid == 0) return;
  const std::uint64_t most = settings.memory_max + settings.memory_max / 2;
  auto note = [&](std::string code, std::string words) {
    const MutexLock lock(mutex);
    if (!why && !stopping) why = Error{ErrorKind::failed, std::move(code), std::move(words)};
  };
  bool killed = false;
  for (;;) {
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) != 0) {
      note("location_ended", "The process that reads the location ended before its time.");
      shutdown(job.get(), SHUT_RDWR);
      return;
    }
    if (!killed && memory_of(pid) > most) {
      note("source_memory", "Reading took more memory than it may.");
      stopping = true;
    }
    if (stopping && !killed) {
      kill(pid, SIGKILL);
      killed = true;
    }
    std::this_thread::sleep_for(killed ? milliseconds(2) : kLook);
  }
}

LocationProcess::LocationProcess(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LocationProcess::~LocationProcess() = default;

Result<std::unique_ptr<LocationProcess>> LocationProcess::start(const LocationSettings& settings,
                                                                const LocationJob& job) {
  auto impl = std::make_unique<Impl>();
  TRY(impl->begin(settings, job));
  return std::unique_ptr<LocationProcess>(new LocationProcess(std::move(impl)));
}

const std::string& LocationProcess::socket() const { return impl_->socket_path; }
std::optional<Error> LocationProcess::ended() const {
  const MutexLock lock(impl_->mutex);
  return impl_->why;
}
std::uint64_t LocationProcess::connections() const {
  return impl_->forwarder ? impl_->forwarder->connections() : 0;
}
std::string LocationProcess::connect_error() const {
  return impl_->forwarder ? impl_->forwarder->connect_error() : std::string();
}
void LocationProcess::end() { impl_->end(); }
int LocationProcess::pid() const { return impl_->pid; }

}  // namespace trailkeeper::engine
