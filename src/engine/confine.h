#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace trailkeeper::engine {

struct Confinement {
  bool files = false;    // Landlock holds
  bool sockets = false;  // the seccomp filter holds
};

enum class Sockets {
  none,
  internet,  // TCP and UDP of the network that the process is in; for a network of its own
};

// Takes from this process, for good, what the engine never needs: every file outside `writable` and
// `readable` (Landlock), new sockets other than said, io_uring and starting programs (seccomp);
// with Sockets::internet also signals to others, namespaces and mounts. Call it while the process
// has one thread; threads made later inherit it. Answers what the kernel could do; an error when it
// refused a filter that it claims to know, or when there is a second thread.
Result<Confinement> confine(const std::vector<std::string>& writable,
                            const std::vector<std::string>& readable,
                            Sockets sockets = Sockets::none);

// No core dumps (they would hold customers' data), killed together with the parent, killed before
// it when memory runs out, as many open files as allowed. False when the parent is gone already.
bool harden_process(int parent_pid);

}  // namespace trailkeeper::engine
