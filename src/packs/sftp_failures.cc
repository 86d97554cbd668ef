#include "sftp_failures.h"

namespace trailkeeper::packs {

namespace {

deliver::Blame blame_of(sftp::FailureClass kind) {
  switch (kind) {
    case sftp::FailureClass::customer_must_act:
      return deliver::Blame::customer;
    case sftp::FailureClass::transient:
      return deliver::Blame::transient;
    case sftp::FailureClass::ours:
      return deliver::Blame::ours;
  }
  return deliver::Blame::ours;
}

struct Remedy {
  std::string_view code;
  std::string_view words;
};

constexpr Remedy kRemedies[] = {
    {"connect", "Check host and port, and that the server's firewall lets this service in."},
    {"timeout", "Check that the server is not overloaded; it is tried again by itself."},
    {"cut",
     "Look into the server's log for why it ended the connection; it is tried again by itself."},
    {"host_key_unknown",
     "Compare the fingerprint with the one that the server's administrator gives (ssh-keygen -l -f "
     "on the server) and confirm it."},
    {"host_key_changed",
     "Ask the server's administrator whether the key was changed on purpose. If so, confirm the "
     "new "
     "fingerprint; if not, somebody may be in between. Nothing was sent."},
    {"no_common_algorithm",
     "Update the SSH server: it needs curve25519, ECDH or a Diffie-Hellman group with SHA-2, and a "
     "host key that is not signed by SHA-1."},
    {"sign_in", "Check the user, and the password or that the public key is among its keys."},
    {"private_key", "Enter the private key again, whole, with its passphrase."},
    {"no_sftp", "Allow SFTP for this user (in OpenSSH: Subsystem sftp internal-sftp)."},
    {"permission_denied", "Let the user write, rename and delete in this folder."},
    {"not_found", "Check the path, or let the user make folders above it."},
    {"no_space", "Make room on the server, or raise the user's quota."},
    {"write_refused", "Check disk space and quota of the user on the server."},
    {"refused", "Look into the server's log for why it refused."},
    {"object_differs",
     "Something else wrote a file of this name there. Move it away; the operator was told too."},
    {"size_differs", "Check that nothing on the server changes files while they are written."},
};

}  // namespace

deliver::SinkFailure explain(const sftp::Failure& failure,
                             const settings::SftpDestination& values) {
  deliver::SinkFailure out{
      .blame = blame_of(failure.kind),
      .code = failure.code == "target_differs" ? "object_differs" : failure.code,
      .message = failure.message};
  if (out.code == "object_differs") out.blame = deliver::Blame::ours;
  for (const Remedy& remedy : kRemedies) {
    if (remedy.code == out.code) out.remedy = remedy.words;
  }
  if (out.blame == deliver::Blame::ours && out.remedy.empty()) {
    out.remedy = "The operator has to look; nothing at " + values.host + " needs a change.";
  }
  return out;
}

deliver::SinkFailure explain_address(const Error& error, const settings::SftpDestination& values) {
  if (error.kind == ErrorKind::forbidden) {
    return {.blame = deliver::Blame::customer,
            .code = error.code,
            .message = values.host +
                       " leads to an internal address, which this service does not "
                       "connect to.",
            .remedy = "Give a host at a public address, or ask the operator to allow this one."};
  }
  return {.blame = deliver::Blame::transient,
          .code = error.code,
          .message = values.host + " has no address.",
          .remedy = "Check the name of the host."};
}

std::string below(const std::string& folder, const std::string& name) {
  if (folder.empty()) return name;
  return folder.ends_with('/') ? folder + name : folder + "/" + name;
}

}  // namespace trailkeeper::packs
