#include "socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace trailkeeper::engine {

Result<FileDescriptor> bind_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return Error{ErrorKind::invalid, "socket_path", "the socket's path is too long: " + path};
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  FileDescriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!listener) return system_error("socket", errno);
  unlink(path.c_str());
  const mode_t mask = umask(0177);  // for this user only
  const int bound =
      bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  const int bind_error = errno;
  umask(mask);
  if (bound != 0) return system_error("bind " + path, bind_error);
  if (listen(listener.get(), 256) != 0) return system_error("listen " + path, errno);
  return listener;
}

}  // namespace trailkeeper::engine
