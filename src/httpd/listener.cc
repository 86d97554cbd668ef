#include "listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

namespace trailkeeper::httpd {

namespace {

union Address {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
  sockaddr_un local;
};

Error bad_address(const std::string& listen) {
  return {ErrorKind::invalid, "listen",
          "cannot listen on \"" + listen +
              "\": write an address and a port (127.0.0.1:8400, [::1]:8400) or a socket's path"};
}

Error bind_error(const std::string& listen, int number) {
  std::string text = "cannot listen on " + listen + ": ";
  switch (number) {
    case EADDRINUSE:
      text += "another program listens there; stop it or choose another port";
      break;
    case EACCES:
      text += "not permitted; ports below 1024 need root, choose one above";
      break;
    case EADDRNOTAVAIL:
      text += "this machine has no such address";
      break;
    default:
      text += std::strerror(number);
  }
  return {ErrorKind::unavailable, number == EADDRINUSE ? "address_in_use" : "listen", text};
}

std::optional<socklen_t> parse_tcp(const std::string& listen, Address& address) {
  auto colon = listen.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string host = listen.substr(0, colon);
  std::uint16_t port = 0;
  auto* end = listen.data() + listen.size();
  auto parsed = std::from_chars(listen.data() + colon + 1, end, port);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  if (host == "localhost") host = "127.0.0.1";
  std::memset(&address, 0, sizeof(address));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = htons(port);
    auto inner = host.substr(1, host.size() - 2);
    if (::inet_pton(AF_INET6, inner.c_str(), &address.v6.sin6_addr) != 1) return std::nullopt;
    return static_cast<socklen_t>(sizeof(address.v6));
  }
  address.v4.sin_family = AF_INET;
  address.v4.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.v4.sin_addr) != 1) return std::nullopt;
  return static_cast<socklen_t>(sizeof(address.v4));
}

std::string host_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.any.sa_family == AF_INET) {
    ::inet_ntop(AF_INET, &address.v4.sin_addr, text, sizeof(text));
  } else if (IN6_IS_ADDR_V4MAPPED(&address.v6.sin6_addr)) {
    ::inet_ntop(AF_INET, &address.v6.sin6_addr.s6_addr[12], text, sizeof(text));
  } else {
    ::inet_ntop(AF_INET6, &address.v6.sin6_addr, text, sizeof(text));
  }
  return text;
}

std::string describe(const Address& address) {
  if (address.any.sa_family == AF_UNIX) return address.local.sun_path;
  if (address.any.sa_family == AF_INET6) {
    return "[" + host_text(address) + "]:" + std::to_string(ntohs(address.v6.sin6_port));
  }
  return host_text(address) + ":" + std::to_string(ntohs(address.v4.sin_port));
}

Result<ListeningSocket> listening(FileDescriptor fd) {
  Address address;
  std::memset(&address, 0, sizeof(address));
  socklen_t size = sizeof(address);
  if (::getsockname(fd.get(), &address.any, &size) != 0) return system_error("getsockname", errno);
  ListeningSocket socket;
  socket.family = address.any.sa_family;
  socket.address = describe(address);
  socket.fd = std::move(fd);
  return socket;
}

Result<ListeningSocket> open_tcp(const std::string& listen) {
  Address address;
  auto size = parse_tcp(listen, address);
  if (!size) return bad_address(listen);
  FileDescriptor fd(::socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return bind_error(listen, errno);
  int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(fd.get(), &address.any, *size) != 0) return bind_error(listen, errno);
  if (::listen(fd.get(), SOMAXCONN) != 0) return bind_error(listen, errno);
  return listening(std::move(fd));
}

// A server that was killed leaves its socket's file behind.
bool nobody_listens(const Address& address) {
  FileDescriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return probe && ::connect(probe.get(), &address.any, sizeof(address.local)) != 0 &&
         errno == ECONNREFUSED;
}

Result<ListeningSocket> open_unix(const std::string& path) {
  Address address;
  std::memset(&address, 0, sizeof(address));
  address.local.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.local.sun_path)) {
    return Error{ErrorKind::invalid, "listen",
                 "cannot listen on " + path + ": a socket's path has at most 107 characters"};
  }
  std::memcpy(address.local.sun_path, path.data(), path.size());
  FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return bind_error(path, errno);
  if (nobody_listens(address)) ::unlink(path.c_str());
  if (::bind(fd.get(), &address.any, sizeof(address.local)) != 0) return bind_error(path, errno);
  // Nobody can connect before listen(), so nobody slips in under the wider mode.
  if (::chmod(path.c_str(), 0600) != 0 || ::listen(fd.get(), SOMAXCONN) != 0) {
    int number = errno;
    ::unlink(path.c_str());
    return bind_error(path, number);
  }
  auto socket = TRY(listening(std::move(fd)));
  socket.unlink_path = path;
  return socket;
}

}  // namespace

Result<ListeningSocket> open_listener(const std::string& listen) {
  return listen.starts_with('/') ? open_unix(listen) : open_tcp(listen);
}

Result<ListeningSocket> adopt_listener(int fd) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
    return Error{ErrorKind::invalid, "listen", "the inherited descriptor is no listening socket"};
  }
  FileDescriptor own(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!own) return system_error("inherited socket", errno);
  ::fcntl(own.get(), F_SETFL, ::fcntl(own.get(), F_GETFL) | O_NONBLOCK);
  auto socket = TRY(listening(std::move(own)));
  socket.inherited = true;
  return socket;
}

Accepted accept_one(const ListeningSocket& socket, int* error) {
  *error = 0;
  Address address;
  std::memset(&address, 0, sizeof(address));
  socklen_t size = sizeof(address);
  Accepted accepted;
  accepted.fd =
      FileDescriptor(::accept4(socket.fd.get(), &address.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!accepted.fd) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) *error = errno;
    return accepted;
  }
  if (socket.family == AF_UNIX) {
    accepted.peer = "unix";
    return accepted;
  }
  int on = 1;
  ::setsockopt(accepted.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::setsockopt(accepted.fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  accepted.peer = host_text(address);
  return accepted;
}

}  // namespace trailkeeper::httpd
