#include "testing/store_process.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

#include "httpc/client.h"

extern char** environ;

namespace trailkeeper::events::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

fs::path build_folder() { return fs::read_symlink("/proc/self/exe").parent_path().parent_path(); }

}  // namespace

std::string engine_library() {
  if (const char* given = std::getenv("TRAILKEEPER_ENGINE_LIBRARY")) return given;
  return TRAILKEEPER_SOURCE_DIR "/engine/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so";
}

std::string engine_program() { return (build_folder() / "bin" / "trailkeeper-store").string(); }

StoreProcess::StoreProcess() {
  std::string name = (build_folder() / "tests" / "store-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
  folder_ = name;
  // A socket's path has little room, a build folder's may be long.
  std::string socket_folder = (fs::temp_directory_path() / "tk-XXXXXX").string();
  if (mkdtemp(socket_folder.data()) == nullptr)
    throw std::runtime_error("mkdtemp " + socket_folder);
  socket_ = socket_folder + "/s";
  try {
    start();
  } catch (...) {
    clean();
    throw;
  }
}

StoreProcess::~StoreProcess() { clean(); }

void StoreProcess::clean() {
  stop();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  fs::remove_all(fs::path(socket_).parent_path(), ignored);
}

void StoreProcess::start() {
  std::vector<std::string> arguments = {
      engine_program(), "--library",       engine_library(),
      "--data",         folder_ + "/data", "--listen",
      socket_,          "--parent-pid",    std::to_string(getpid())};
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  if (posix_spawn(&pid_, arguments[0].c_str(), nullptr, nullptr, pointers.data(), environ) != 0) {
    throw std::runtime_error("cannot start " + arguments[0]);
  }
  wait_until_up();
}

void StoreProcess::wait_until_up() {
  httpc::Client client;
  httpc::Request request;
  request.url = "http://localhost/ping";
  request.unix_socket = socket_;
  request.total_timeout = milliseconds(1000);
  const auto until = SteadyClock::now() + std::chrono::seconds(180);
  while (SteadyClock::now() < until) {
    auto answer = client.send(request);
    if (answer && answer->status == 200) return;
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = 0;
      throw std::runtime_error("trailkeeper-store ended at its start");
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  throw std::runtime_error("trailkeeper-store does not answer");
}

void StoreProcess::kill_hard() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
}

int StoreProcess::stop() {
  if (pid_ == 0) return 0;
  ::kill(pid_, SIGTERM);
  const auto until = SteadyClock::now() + std::chrono::seconds(120);
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (SteadyClock::now() > until) {
      kill_hard();
      return -1;
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace trailkeeper::events::testing
