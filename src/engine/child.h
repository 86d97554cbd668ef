#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace trailkeeper::engine {

constexpr int kChildSocket = 3;  // the socket's number in the child

struct Child {
  std::vector<std::string> arguments;  // the program's path first
  int socket;                          // ours stays open
  bool is_silent = false;              // what it prints goes nowhere
  char* const* environment;
};

// Starts it with the socket, no file but that and the standard ones, in a process group of its own
// and with no signal blocked. Its process id, which the caller waits for.
Result<int> start_child(Child child);

}  // namespace trailkeeper::engine
