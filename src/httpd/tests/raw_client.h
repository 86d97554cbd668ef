#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <string_view>

#include "base/file.h"

namespace trailkeeper::httpd {

// A socket that sends exactly what it is told. Reading waits at most ten seconds.
class RawClient {
 public:
  explicit RawClient(const std::string& address, int receive_buffer = 0) {
    if (address.front() == '/') {
      sockaddr_un local{};
      local.sun_family = AF_UNIX;
      std::memcpy(local.sun_path, address.data(), address.size());
      fd_ = FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
      connected_ = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&local), sizeof(local)) == 0;
      return;
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    auto colon = address.rfind(':');
    v4.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &v4.sin_addr);
    fd_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer > 0) {
      ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    connected_ = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&v4), sizeof(v4)) == 0;
  }

  bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void end_sending() { ::shutdown(fd_.get(), SHUT_WR); }

  // Closes with a reset, as a crashed client's kernel does.
  void abort() {
    linger hard{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    fd_ = FileDescriptor();
  }

  // Whatever comes next; empty at the end of the connection or after the time.
  std::string receive(int timeout_ms = 10'000) {
    pollfd waiting{fd_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, timeout_ms) <= 0) return {};
    char buffer[65536];
    auto got = ::recv(fd_.get(), buffer, sizeof(buffer), 0);
    reset_ = got < 0;
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
  }
  bool was_reset() const { return reset_; }

  // Everything up to the end of the connection.
  std::string receive_all() {
    std::string all = std::exchange(kept_, {});
    for (;;) {
      auto more = receive();
      if (more.empty()) return all;
      all += more;
    }
  }

  // One answer with a Content-Length (or without a body); the rest is kept for the next call.
  std::string receive_answer(bool has_body = true) {
    std::size_t end = 0;
    while ((end = kept_.find("\r\n\r\n")) == std::string::npos) {
      auto more = receive();
      if (more.empty()) return std::exchange(kept_, {});
      kept_ += more;
    }
    std::size_t whole = end + 4;
    auto length = kept_.substr(0, end).find("Content-Length: ");
    if (has_body && length != std::string::npos) whole += std::stoull(kept_.substr(length + 16));
    while (kept_.size() < whole) {
      auto more = receive();
      if (more.empty()) break;
      kept_ += more;
    }
    auto answer = kept_.substr(0, whole);
    kept_.erase(0, whole);
    return answer;
  }

  // True when the peer has closed.
  bool at_end() { return kept_.empty() && receive().empty(); }

 private:
  FileDescriptor fd_;
  bool connected_ = false;
  bool reset_ = false;
  std::string kept_;
};

inline int status_of(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9)) : 0;
}

inline std::string header_of(const std::string& answer, const std::string& name) {
  auto head = answer.substr(0, answer.find("\r\n\r\n") + 2);
  auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  at += name.size() + 4;
  return head.substr(at, head.find("\r\n", at) - at);
}

inline std::string body_of(const std::string& answer) {
  auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

}  // namespace trailkeeper::httpd
