#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace trailkeeper::engine {

struct Confinement {
  bool files = false;    // Landlock holds
  bool sockets = false;  // the seccomp filter holds
};

// Takes from this process, for good, what the engine never needs: every file outside `writable` and
// `readable` (Landlock), new sockets of any kind, io_uring and starting programs (seccomp). Call it
// while the process has one thread; threads made later inherit it. Answers what the kernel could
// do; an error when it refused a filter that it claims to know, or when there is a second thread.
Result<Confinement> confine(const std::vector<std::string>& writable,
                            const std::vector<std::string>& readable);

// No core dumps (they would hold customers' data), killed together with the parent, killed before
// it when memory runs out, as many open files as allowed. False when the parent is gone already.
bool harden_process(int parent_pid);

}  // namespace trailkeeper::engine
