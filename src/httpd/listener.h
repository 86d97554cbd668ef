#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"

namespace trailkeeper::httpd {

// A bound and listening, non-blocking socket.
struct ListeningSocket {
  FileDescriptor fd;
  int family = 0;
  std::string address;      // with the real port; the path of a Unix socket
  std::string unlink_path;  // a Unix socket's file that is ours to remove
  bool inherited = false;
};

// `listen` as in ServerSettings. A Unix socket's file that nobody listens on any more is replaced;
// ours is 0600.
Result<ListeningSocket> open_listener(const std::string& listen);
// Takes over a socket that is bound and listening already.
Result<ListeningSocket> adopt_listener(int fd);

struct Accepted {
  FileDescriptor fd;
  std::string peer;  // numeric address, or "unix"
};
// The next waiting connection. An empty descriptor with *error 0 when none waits.
Accepted accept_one(const ListeningSocket& socket, int* error);

}  // namespace trailkeeper::httpd
