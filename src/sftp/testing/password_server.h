#pragma once

#include <arpa/inet.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>

#include "sftp/connection.h"

namespace trailkeeper::sftp {

// An SSH server that knows one password, asked for as such or in a dialogue, and no SFTP: sshd asks
// the machine's own accounts, of which a test has none. Serves one connection after the other.
class PasswordServer {
 public:
  PasswordServer(std::string password, bool dialogue)
      : password_(std::move(password)), dialogue_(dialogue), bind_(ssh_bind_new()) {
    unsigned port = 0;
    ssh_key key = nullptr;
    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key);
    ssh_bind_options_set(bind_, SSH_BIND_OPTIONS_BINDADDR, "127.0.0.1");
    ssh_bind_options_set(bind_, SSH_BIND_OPTIONS_BINDPORT, &port);
    ssh_bind_options_set(bind_, SSH_BIND_OPTIONS_IMPORT_KEY, key);
    ssh_bind_listen(bind_);
    sockaddr_in address{};
    socklen_t size = sizeof(address);
    ::getsockname(ssh_bind_get_fd(bind_), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~PasswordServer() {
    stopping_ = true;
    ::shutdown(ssh_bind_get_fd(bind_), SHUT_RDWR);
    thread_.join();
    ssh_bind_free(bind_);
  }

  Settings settings(std::string password) const {
    Settings settings{.host = "sftp.example",
                      .connect_address = "127.0.0.1",
                      .port = port_,
                      .user = "ann",
                      .password = std::move(password)};
    settings.host_key = *look_at_host_key(settings);
    return settings;
  }

 private:
  void run() {
    while (!stopping_) {
      ssh_session session = session_ = ssh_new();
      if (ssh_bind_accept(bind_, session) == SSH_OK && ssh_handle_key_exchange(session) == SSH_OK) {
        while (ssh_message message = ssh_message_get(session)) {
          answer(message);
          ssh_message_free(message);
        }
      }
      ssh_disconnect(session);
      ssh_free(session);
    }
  }

  void answer(ssh_message message) {
    int kind = ssh_message_subtype(message);
    if (ssh_message_type(message) != SSH_REQUEST_AUTH) {
      if (ssh_message_type(message) == SSH_REQUEST_SERVICE) {
        ssh_message_service_reply_success(message);
      } else {
        ssh_message_reply_default(message);
      }
      return;
    }
    bool good = false;
    if (kind == SSH_AUTH_METHOD_PASSWORD && !dialogue_) {
// There is no other way to ask for it outside of callbacks.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
      good = password_ == ssh_message_auth_password(message);
#pragma GCC diagnostic pop
    } else if (kind == SSH_AUTH_METHOD_INTERACTIVE && dialogue_) {
      if (!ssh_message_auth_kbdint_is_response(message)) {
        const char* prompts[] = {"Password: "};
        char echo[] = {0};
        ssh_message_auth_interactive_request(message, "", "", 1, prompts, echo);
        return;
      }
      good = password_ == ssh_userauth_kbdint_getanswer(session_, 0);
    }
    if (good) {
      ssh_message_auth_reply_success(message, 0);
      return;
    }
    ssh_message_auth_set_methods(
        message, dialogue_ ? SSH_AUTH_METHOD_INTERACTIVE : SSH_AUTH_METHOD_PASSWORD);
    ssh_message_reply_default(message);
  }

  const std::string password_;
  const bool dialogue_;
  ssh_bind bind_;
  ssh_session session_ = nullptr;  // the one that is served; of the thread
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace trailkeeper::sftp
