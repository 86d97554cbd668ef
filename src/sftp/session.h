#pragma once

#include <libssh/libssh.h>
#include <libssh/sftp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "sftp/connection.h"
#include "watch.h"

namespace trailkeeper::sftp {

struct SessionFree {
  void operator()(ssh_session session) const {
    ssh_disconnect(session);
    ssh_free(session);
  }
};
struct SftpFree {
  void operator()(sftp_session sftp) const { sftp_free(sftp); }
};
struct FileClose {
  void operator()(sftp_file file) const { sftp_close(file); }
};
struct AttributesFree {
  void operator()(sftp_attributes attributes) const { sftp_attributes_free(attributes); }
};
struct KeyFree {
  void operator()(ssh_key key) const { ssh_key_free(key); }
};
template <typename Handle, typename Free>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Free>;
using OwnedFile = Owned<sftp_file, FileClose>;
using OwnedAttributes = Owned<sftp_attributes, AttributesFree>;
using OwnedKey = Owned<ssh_key, KeyFree>;

// The socket that was lent to libssh, which closes it at some ends of a session and not at others:
// closed here if it is still the same.
class LentSocket {
 public:
  explicit LentSocket(FileDescriptor socket);
  ~LentSocket();
  LentSocket(const LentSocket&) = delete;
  LentSocket& operator=(const LentSocket&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
  std::uint64_t inode_ = 0;
};

// A session as far as the key exchange: the socket is watched, the host key known, nothing said of
// the user.
struct Transport {
  // The last ends first: the session, then its socket, then the watch.
  std::unique_ptr<Watch> watch;
  std::unique_ptr<LentSocket> socket;
  Owned<ssh_session, SessionFree> session;
  std::string host_key;

  // Why the last call failed, when it was the connection.
  Failure broken(const std::string& what) const;
};

Outcome<Transport> connect(const Settings& settings);
// Signs in with what the settings have, as far as the server asks for it.
Outcome<> sign_in(Transport& transport, const Settings& settings);
Outcome<OwnedKey> read_private_key(const std::string& private_key, const std::string& passphrase);

struct Connection::Impl {
  Settings settings;
  Transport transport;
  Owned<sftp_session, SftpFree> sftp;
  ServerInfo server;

  // The failure of the last SFTP request: the server's refusal, or the connection's end. `path` is
  // named in the sentence.
  Failure failure(const std::string& what, const std::string& path) const;
  // Whether the server's last answer was that there is no such file.
  bool nothing_there() const;
  Step step() { return Step(*transport.watch, settings.step_timeout); }

  // Whether the server replaced `to`; else its reason is the session's error.
  bool posix_rename(const std::string& from, const std::string& to);
  // The parts of an upload; `local` is the open local file.
  Outcome<bool> target_is_same(const Upload& upload, int local);
  Outcome<std::uint64_t> send(const Upload& upload, int local);
  Outcome<> write_block(sftp_file file, const Upload& upload, const std::string& block);
  Outcome<> sync(sftp_file file, const Upload& upload);
  Failure write_failure(const Upload& upload, std::uint64_t left) const;
  std::size_t block_bytes() const;
};

inline Failure must_act(std::string code, std::string message) {
  return {FailureClass::customer_must_act, std::move(code), std::move(message)};
}
inline Failure passing(std::string code, std::string message) {
  return {FailureClass::transient, std::move(code), std::move(message)};
}
inline Failure of_ours(std::string code, std::string message) {
  return {FailureClass::ours, std::move(code), std::move(message)};
}

}  // namespace trailkeeper::sftp

// The value of an Outcome expression, or return its failure from the enclosing function.
#define SFTP_TRY(expression)                                 \
  ({                                                         \
    auto try_outcome = (expression);                         \
    if (!try_outcome) return std::move(try_outcome).error(); \
    *std::move(try_outcome);                                 \
  })
