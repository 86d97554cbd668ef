#include "connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace bench {
namespace {

[[noreturn]] void give_up(const char* what) {
  fmt::print(stderr, "bench: {}\n", what);
  std::exit(1);
}

std::size_t header_number(std::string_view head, std::string_view name, std::size_t otherwise) {
  for (std::size_t at = 0; (at = head.find("\r\n", at)) != std::string_view::npos; at += 2) {
    std::string_view line = head.substr(at + 2);
    if (line.size() > name.size() && strncasecmp(line.data(), name.data(), name.size()) == 0 &&
        line[name.size()] == ':') {
      return std::strtoull(line.data() + name.size() + 1, nullptr, 10);
    }
  }
  return otherwise;
}

}  // namespace

Connection::Connection(std::string host, int port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
    give_up("the host must be an IPv4 address");
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    give_up("cannot connect");
  int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Connection::~Connection() { ::close(fd_); }

void Connection::fill() {
  char chunk[64 * 1024];
  ssize_t got = ::recv(fd_, chunk, sizeof chunk, 0);
  if (got <= 0) give_up("the server closed the connection");
  buffer_.append(chunk, static_cast<std::size_t>(got));
}

Answer Connection::send(std::string_view request, bool keep_body) {
  while (!request.empty()) {
    ssize_t sent = ::send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) give_up("the server does not take the request");
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
  std::size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) fill();
  Answer answer;
  const std::string head = buffer_.substr(0, end + 2);
  answer.status = std::atoi(head.c_str() + 9);
  buffer_.erase(0, end + 4);
  std::size_t left = header_number(head, "Content-Length", std::string::npos);
  if (left != std::string::npos) {
    while (buffer_.size() < left) fill();
    if (keep_body) answer.body = buffer_.substr(0, left);
    buffer_.erase(0, left);
    return answer;
  }
  // Chunked.
  while (true) {
    std::size_t line;
    while ((line = buffer_.find("\r\n")) == std::string::npos) fill();
    const std::size_t size = std::strtoull(buffer_.c_str(), nullptr, 16);
    while (buffer_.size() < line + 2 + size + 2) fill();
    if (keep_body) answer.body.append(buffer_, line + 2, size);
    buffer_.erase(0, line + 2 + size + 2);
    if (size == 0) return answer;
  }
}

std::string post(const std::string& path, const std::string& key, std::string_view body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: "
      "application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      path, key, body.size(), body);
}

std::string get(const std::string& path, const std::string& key) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n\r\n", path,
                     key);
}

}  // namespace bench
