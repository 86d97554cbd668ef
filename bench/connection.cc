#include "connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
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
  constexpr std::size_t kLeast = 64 * 1024;
  if (position_ == filled_) position_ = filled_ = 0;
  if (buffer_.size() - filled_ < kLeast) buffer_.resize(filled_ + 2 * kLeast);
  const ssize_t got = ::recv(fd_, buffer_.data() + filled_, buffer_.size() - filled_, 0);
  if (got <= 0) give_up("the server closed the connection");
  filled_ += static_cast<std::size_t>(got);
}

void Connection::take(std::size_t size, bool keep, std::string& out) {
  while (size > 0) {
    if (unread().empty()) fill();
    const std::string_view part = unread().substr(0, size);
    if (keep) out += part;
    position_ += part.size();
    size -= part.size();
  }
}

void Connection::begin(std::string_view head, std::string_view body) {
  while (!head.empty() || !body.empty()) {
    iovec parts[2] = {{const_cast<char*>(head.data()), head.size()},
                      {const_cast<char*>(body.data()), body.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    const ssize_t sent = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (sent <= 0) give_up("the server does not take the request");
    const std::size_t of_head = std::min(head.size(), static_cast<std::size_t>(sent));
    head.remove_prefix(of_head);
    body.remove_prefix(static_cast<std::size_t>(sent) - of_head);
  }
}

Answer Connection::finish(bool keep_body) {
  std::size_t end;
  while ((end = unread().find("\r\n\r\n")) == std::string::npos) fill();
  Answer answer;
  const std::string answered(unread().substr(0, end + 2));
  answer.status = std::atoi(answered.c_str() + 9);
  position_ += end + 4;
  const std::size_t left = header_number(answered, "Content-Length", std::string::npos);
  if (left != std::string::npos) {
    take(left, keep_body, answer.body);
    return answer;
  }
  // Chunked.
  while (true) {
    std::size_t line;
    while ((line = unread().find("\r\n")) == std::string::npos) fill();
    const std::size_t size =
        std::strtoull(std::string(unread().substr(0, line)).c_str(), nullptr, 16);
    position_ += line + 2;
    take(size, keep_body, answer.body);
    std::string dropped;
    take(2, false, dropped);
    if (size == 0) return answer;
  }
}

std::string post(const std::string& path, const std::string& key, std::size_t body_size) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: "
      "application/json\r\nContent-Length: {}\r\n\r\n",
      path, key, body_size);
}

std::string get(const std::string& path, const std::string& key) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n\r\n", path,
                     key);
}

}  // namespace bench
