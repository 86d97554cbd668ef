#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "base/file.h"

namespace trailkeeper::sftp {

// Stands between client and server on this machine, for one connection after the other. Once so
// many bytes went to the server it cuts the connection, or goes silent and lets nothing through.
class CuttingProxy {
 public:
  enum class Fault { none, cut, silence };

  explicit CuttingProxy(std::uint16_t server) : server_(server) {
    listener_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_.get(), 8);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~CuttingProxy() {
    stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  void fault_after(Fault fault, std::uint64_t bytes) {
    bytes_ = bytes;
    fault_ = fault;
  }
  int faults() const { return faults_; }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  void run() {
    while (!stopping_) {
      FileDescriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client) return;
      FileDescriptor server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      sockaddr_in address = loopback(server_);
      ::connect(server.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
      serve(client.get(), server.get());
    }
  }

  void serve(int client, int server) {
    std::uint64_t passed = 0;
    bool silent = false;
    while (!stopping_) {
      pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      ::poll(ends, silent ? 1 : 2, 50);
      if (ends[0].revents != 0) {
        ssize_t got = pass(client, silent ? -1 : server);
        if (got <= 0) return;
        passed += got;
      }
      if (!silent && ends[1].revents != 0 && pass(server, client) <= 0) return;
      if (fault_ == Fault::none || passed < bytes_) continue;
      ++faults_;
      silent = fault_ == Fault::silence;
      fault_ = Fault::none;
      if (!silent) return;
    }
  }

  static ssize_t pass(int from, int to) {
    char block[16384];
    ssize_t got = ::recv(from, block, sizeof(block), 0);
    for (ssize_t done = 0; to >= 0 && done < got;) {
      ssize_t put = ::send(to, block + done, got - done, MSG_NOSIGNAL);
      if (put <= 0) return -1;
      done += put;
    }
    return got;
  }

  const std::uint16_t server_;
  std::uint16_t port_ = 0;
  FileDescriptor listener_;
  std::atomic<bool> stopping_{false};
  std::atomic<Fault> fault_{Fault::none};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<int> faults_{0};
  std::thread thread_;
};

}  // namespace trailkeeper::sftp
