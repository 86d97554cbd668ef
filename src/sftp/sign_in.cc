#include "session.h"

// Who we are, once the server is known to be the right one.
namespace trailkeeper::sftp {

namespace {

Failure refused(const Settings& settings, const std::string& how) {
  return must_act("sign_in",
                  settings.host + " did not accept " + how + " of user " + settings.user + ".");
}

// A server that asks for the password in a dialogue: every hidden question gets it, others nothing.
int answer_questions(ssh_session session, const std::string& password) {
  int answer = ssh_userauth_kbdint(session, nullptr, nullptr);
  for (int rounds = 0; answer == SSH_AUTH_INFO && rounds < 5; ++rounds) {
    int prompts = ssh_userauth_kbdint_getnprompts(session);
    for (int i = 0; i < prompts; ++i) {
      char echo = 0;
      ssh_userauth_kbdint_getprompt(session, i, &echo);
      ssh_userauth_kbdint_setanswer(session, i, echo ? "" : password.c_str());
    }
    answer = ssh_userauth_kbdint(session, nullptr, nullptr);
  }
  return answer;
}

int try_password(ssh_session session, const std::string& password) {
  int methods = ssh_userauth_list(session, nullptr);
  int answer = SSH_AUTH_DENIED;
  if (methods & SSH_AUTH_METHOD_PASSWORD) {
    answer = ssh_userauth_password(session, nullptr, password.c_str());
  }
  if (answer == SSH_AUTH_DENIED && (methods & SSH_AUTH_METHOD_INTERACTIVE)) {
    answer = answer_questions(session, password);
  }
  return answer;
}

}  // namespace

Outcome<OwnedKey> read_private_key(const std::string& private_key, const std::string& passphrase) {
  ssh_key raw = nullptr;
  // Without a passphrase libssh would ask on the terminal.
  auto never_ask = [](const char*, char*, std::size_t, int, int, void*) { return -1; };
  int read = ssh_pki_import_privkey_base64(private_key.c_str(),
                                           passphrase.empty() ? nullptr : passphrase.c_str(),
                                           never_ask, nullptr, &raw);
  if (read != SSH_OK) {
    return must_act(
        "private_key",
        "The private key cannot be read: it is not one in OpenSSH's or PEM form, or its "
        "passphrase is another.");
  }
  return OwnedKey(raw);
}

Outcome<> check_private_key(const std::string& private_key, const std::string& passphrase) {
  SFTP_TRY(read_private_key(private_key, passphrase));
  return {};
}

Outcome<> sign_in(Transport& transport, const Settings& settings) {
  ssh_session session = transport.session.get();
  OwnedKey key;
  if (!settings.private_key.empty()) {
    key = SFTP_TRY(read_private_key(settings.private_key, settings.passphrase));
  }
  Step step(*transport.watch, settings.step_timeout);
  // The list of methods comes with the refusal of this.
  int answer = ssh_userauth_none(session, nullptr);
  if (answer == SSH_AUTH_ERROR) return transport.broken("Sign-in");
  if (answer != SSH_AUTH_SUCCESS && key) {
    answer = ssh_userauth_publickey(session, nullptr, key.get());
    if (answer == SSH_AUTH_DENIED) return refused(settings, "the key");
  }
  // Both are asked for by some servers, one after the other.
  if (answer != SSH_AUTH_SUCCESS && answer != SSH_AUTH_ERROR && !settings.password.empty()) {
    answer = try_password(session, settings.password);
    if (answer == SSH_AUTH_DENIED) return refused(settings, "the password");
  }
  if (answer == SSH_AUTH_SUCCESS) return {};
  if (answer == SSH_AUTH_ERROR) return transport.broken("Sign-in");
  return refused(settings, "these credentials alone");
}

}  // namespace trailkeeper::sftp
