#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/file.h"

namespace trailkeeper::httpc {

// Brings each connection that a listening socket gets to one address, whatever is said on it: the
// only way out for a process whose network has nothing else. Runs on threads of its own.
class Forwarder {
 public:
  // `address` is numeric and was checked (resolve.h); the listener is this object's.
  Forwarder(FileDescriptor listener, std::string address, int port);
  // Cuts what is open.
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  // How many reached the address; and why the last one that did not could not.
  std::uint64_t connections() const;
  std::string connect_error() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// `host` and `port`, for one TCP connection within `limit_ms`; `unavailable`, code `connect`.
// Readable `stop` ends it before.
Result<FileDescriptor> connect_numeric(const std::string& address, int port, int limit_ms,
                                       int stop = -1);

}  // namespace trailkeeper::httpc
