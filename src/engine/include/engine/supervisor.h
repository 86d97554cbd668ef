#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace trailkeeper::engine {

struct SupervisorSettings {
  std::string program;      // path of trailkeeper-store
  std::string library{};    // path of libchdb.so; empty: where the program looks by itself
  std::string data_folder;  // absolute; made when missing
  std::string socket_path;  // of the Unix socket, at most 107 bytes
  std::uint64_t memory_max = 700u << 20;
  int connections = 6;
  std::vector<std::string> more_arguments{};
  std::chrono::milliseconds backoff_min{100};
  std::chrono::milliseconds backoff_max{5000};
  // Called from the supervisor's thread when the engine came up (it answers) or went down. Must not
  // block.
  std::function<void(bool up)> on_state{};
};

// Keeps one trailkeeper-store running: starts it, watches it, starts it again with a growing pause
// when it dies, stops it with itself. The listening socket is bound here and inherited by each
// child, so that requests made while the engine starts again wait in its queue instead of failing.
// The child dies with this process, however this one ends. start() and stop() from one thread; the
// questions from any.
class Supervisor {
 public:
  explicit Supervisor(SupervisorSettings settings);
  ~Supervisor();  // stops
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Binds the socket and begins; does not wait for the engine. Errors: the socket cannot be bound,
  // the program is not there.
  Result<> start();
  // Waits until the engine has answered once; false when `limit` passed.
  bool wait_until_up(std::chrono::milliseconds limit);
  // SIGTERM, then SIGKILL after 3 s; returns when the child is gone.
  void stop();

  bool up() const;
  // Process id of the child, 0 when there is none; for tests and metrics.
  int pid() const;
  // How often the child ended without being asked to.
  std::uint64_t restarts() const;
  // False when the running engine said that the kernel could not confine it (no Landlock): for
  // /readyz.
  bool confined() const;
  // The engine's version, empty before it was up for the first time.
  std::string version() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::engine
