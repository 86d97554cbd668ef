#pragma once

#include <string>

namespace trailkeeper::events::testing {

// The path of libchdb.so that tests use: $TRAILKEEPER_ENGINE_LIBRARY, else the one in the source
// tree.
std::string engine_library();
// The path of trailkeeper-store, beside the tests in the build folder.
std::string engine_program();

// A trailkeeper-store of its own on a fresh folder below the build folder; ended and removed with
// this object. It throws std::runtime_error when the engine does not come up.
class StoreProcess {
 public:
  StoreProcess();
  ~StoreProcess();
  StoreProcess(const StoreProcess&) = delete;
  StoreProcess& operator=(const StoreProcess&) = delete;

  void start();
  // SIGKILL, at once.
  void kill_hard();
  // SIGTERM; answers the exit status, -1 when it had to be killed.
  int stop();

  int pid() const { return pid_; }
  const std::string& socket() const { return socket_; }
  const std::string& folder() const { return folder_; }

 private:
  void wait_until_up();
  // Ends the process and removes its folders.
  void clean();

  std::string folder_;
  std::string socket_;
  int pid_ = 0;
};

}  // namespace trailkeeper::events::testing
