#pragma once

#include <sys/types.h>

#include <string>

#include "sftp/connection.h"

namespace trailkeeper::sftp {

struct SshdOptions {
  bool old_server = false;      // no posix-rename, no fsync
  bool old_algorithms = false;  // SHA-1 only
  bool read_only = false;
};

// A real OpenSSH sshd on a free loopback port, its files in a temporary folder, for the user who
// runs the test; ends with the object. Debian's package openssh-server is needed.
class RealSshd {
 public:
  explicit RealSshd(SshdOptions options = {});
  ~RealSshd();
  RealSshd(const RealSshd&) = delete;
  RealSshd& operator=(const RealSshd&) = delete;

  // With the client key that is let in and the host key pinned.
  Settings settings() const;
  // Where users land: paths below are relative to it or absolute.
  const std::string& folder() const { return folder_; }
  // The same server with other host keys, on the same port.
  void change_host_keys();
  std::string host_key() const;                               // "ssh-ed25519 SHA256:..."
  std::string other_key(const std::string& arguments) const;  // a new private key, as text

 private:
  void start();
  void stop();
  std::string command(const std::string& line) const;

  SshdOptions options_;
  std::string root_;
  std::string folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace trailkeeper::sftp
