#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/thread_annotations.h"

namespace trailkeeper::smtp {

// A mail server without TLS on a free port of this machine. Replies can be replaced by command, and
// the connection cut.
class FakeSmtp {
 public:
  struct Received {
    std::string from;
    std::string to;
    std::string data;  // after removal of the dots added for the wire
  };

  // `replies`: by command (GREETING, EHLO, MAIL, RCPT, DATA, END, AUTH); "CUT" closes the
  // connection instead.
  explicit FakeSmtp(std::map<std::string, std::string> replies = {})
      : replies_(std::move(replies)) {
    listener_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_.get(), 8);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeSmtp() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  std::vector<Received> received() {
    MutexLock lock(mutex_);
    return received_;
  }
  // Every line a client sent outside of DATA.
  std::vector<std::string> commands() {
    MutexLock lock(mutex_);
    return commands_;
  }

 private:
  struct Session {
    FileDescriptor fd;
    std::string buffered;
    Received mail;
  };

  static bool read_line(Session& session, std::string& line) {
    for (;;) {
      auto end = session.buffered.find("\r\n");
      if (end != std::string::npos) {
        line = session.buffered.substr(0, end);
        session.buffered.erase(0, end + 2);
        return true;
      }
      char chunk[4096];
      auto got = ::recv(session.fd.get(), chunk, sizeof(chunk), 0);
      if (got <= 0) return false;
      session.buffered.append(chunk, static_cast<std::size_t>(got));
    }
  }

  bool reply(Session& session, const std::string& command, const std::string& usual) {
    auto other = replies_.find(command);
    auto text = other == replies_.end() ? usual : other->second;
    if (text == "CUT") return false;
    text += "\r\n";
    return ::send(session.fd.get(), text.data(), text.size(), MSG_NOSIGNAL) > 0;
  }

  bool take_data(Session& session) {
    std::string line;
    while (read_line(session, line)) {
      if (line == ".") {
        if (replies_.count("END") == 0) {
          MutexLock lock(mutex_);
          received_.push_back(session.mail);
        }
        return reply(session, "END", "250 taken");
      }
      session.mail.data += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
    }
    return false;
  }

  bool obey(Session& session, const std::string& line) {
    auto verb = line.substr(0, 4);
    if (verb == "EHLO")
      return reply(session, verb, "250-fake\r\n250-AUTH PLAIN\r\n250 SIZE 1000000");
    if (verb == "AUTH") {
      std::string credentials;
      return reply(session, "CHALLENGE", "334 ") && read_line(session, credentials) &&
             reply(session, verb, "235 welcome");
    }
    if (verb == "MAIL") {
      session.mail = {line.substr(10), "", ""};
      return reply(session, verb, "250 ok");
    }
    if (verb == "RCPT") {
      session.mail.to = line.substr(8);
      return reply(session, verb, "250 ok");
    }
    if (verb == "DATA") {
      if (!reply(session, verb, "354 go on")) return false;
      return replies_.count(verb) ? true : take_data(session);
    }
    if (verb == "QUIT") return reply(session, verb, "221 bye") && false;
    return reply(session, verb, "500 what?");
  }

  void serve() {
    for (;;) {
      Session session;
      session.fd = FileDescriptor(::accept(listener_.get(), nullptr, nullptr));
      if (!session.fd) return;
      std::string line;
      bool going = reply(session, "GREETING", "220 fake ESMTP");
      while (going && read_line(session, line)) {
        {
          MutexLock lock(mutex_);
          commands_.push_back(line);
        }
        going = obey(session, line);
      }
    }
  }

  const std::map<std::string, std::string> replies_;
  FileDescriptor listener_;
  std::uint16_t port_ = 0;
  Mutex mutex_;
  std::vector<Received> received_ GUARDED_BY(mutex_);
  std::vector<std::string> commands_ GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace trailkeeper::smtp
