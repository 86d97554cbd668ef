#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "session.h"

// From a socket to a server whose key is known.
namespace trailkeeper::sftp {

namespace {

constexpr char kKeyExchange[] =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
    "ecdh-sha2-nistp521,diffie-hellman-group18-sha512,diffie-hellman-group16-sha512,"
    "diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256";
constexpr char kHostKeys[] =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,"
    "rsa-sha2-256";
constexpr char kCiphers[] =
    "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,"
    "aes192-ctr,aes128-ctr";
constexpr char kMacs[] =
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512";

std::string where(const Settings& settings) {
  return settings.host + " port " + std::to_string(settings.port);
}

int fill_address(const Settings& settings, sockaddr_storage& address) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
  if (::inet_pton(AF_INET, settings.connect_address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(settings.port);
    return sizeof(sockaddr_in);
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
  if (::inet_pton(AF_INET6, settings.connect_address.c_str(), &v6->sin6_addr) != 1) return 0;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(settings.port);
  return sizeof(sockaddr_in6);
}

Outcome<FileDescriptor> open_socket(const Settings& settings) {
  sockaddr_storage address{};
  int length = fill_address(settings, address);
  if (length == 0) return of_ours("library", "The address to connect to is not a number.");
  FileDescriptor fd(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return of_ours("library", std::string("No socket: ") + std::strerror(errno));
  int error = 0;
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), length) != 0) error = errno;
  if (error == EINPROGRESS) {
    pollfd waiting{fd.get(), POLLOUT, 0};
    int ready = ::poll(&waiting, 1, static_cast<int>(settings.connect_timeout.count()));
    socklen_t size = sizeof(error);
    if (ready <= 0) {
      return passing("connect", where(settings) + " did not answer within " +
                                    std::to_string(settings.connect_timeout.count() / 1000) +
                                    " seconds.");
    }
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error != 0) {
    return passing("connect", where(settings) + ": " + std::strerror(error) + ".");
  }
  int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return fd;
}

// The kind of key that was pinned is the kind to ask for: a server that gets a further key later is
// still the same server.
std::string host_key_kinds(const std::string& pinned) {
  auto space = pinned.find(' ');
  if (space == std::string::npos) return kHostKeys;
  std::string kind = pinned.substr(0, space);
  return kind == "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : kind;
}

bool set_options(ssh_session session, const Settings& settings) {
  unsigned port = settings.port;
  int no = 0;
  int strict = 0, rsa_bits = 2048;
  long seconds = 1 + settings.connect_timeout.count() / 1000;
  std::string kinds = host_key_kinds(settings.host_key);
  auto set = [&](ssh_options_e option, const void* value) {
    return ssh_options_set(session, option, value) == SSH_OK;
  };
  // Without one, which is when no name will be sent, libssh would look up who runs this.
  const char* user = settings.user.empty() ? "nobody" : settings.user.c_str();
  // No file of the user that the server runs as has a say: not ~/.ssh/config, no known_hosts, no
  // agent, no keys.
  return set(SSH_OPTIONS_PROCESS_CONFIG, &no) && set(SSH_OPTIONS_SSH_DIR, "/nonexistent") &&
         set(SSH_OPTIONS_KNOWNHOSTS, "/dev/null") &&
         set(SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") &&
         set(SSH_OPTIONS_STRICTHOSTKEYCHECK, &strict) &&
         set(SSH_OPTIONS_HOST, settings.host.c_str()) && set(SSH_OPTIONS_PORT, &port) &&
         set(SSH_OPTIONS_USER, user) && set(SSH_OPTIONS_TIMEOUT, &seconds) &&
         set(SSH_OPTIONS_KEY_EXCHANGE, kKeyExchange) && set(SSH_OPTIONS_HOSTKEYS, kinds.c_str()) &&
         set(SSH_OPTIONS_CIPHERS_C_S, kCiphers) && set(SSH_OPTIONS_CIPHERS_S_C, kCiphers) &&
         set(SSH_OPTIONS_HMAC_C_S, kMacs) && set(SSH_OPTIONS_HMAC_S_C, kMacs) &&
         set(SSH_OPTIONS_COMPRESSION, "no") && set(SSH_OPTIONS_GSSAPI_AUTH, &no) &&
         set(SSH_OPTIONS_RSA_MIN_SIZE, &rsa_bits);
}

std::string host_key_of(ssh_session session) {
  ssh_key raw = nullptr;
  if (ssh_get_server_publickey(session, &raw) != SSH_OK) return {};
  OwnedKey key(raw);
  unsigned char* hash = nullptr;
  std::size_t length = 0;
  if (ssh_get_publickey_hash(key.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != 0) return {};
  char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
  const char* ecdsa = ssh_pki_key_ecdsa_name(key.get());
  auto type = ssh_key_type(key.get());
  bool is_ecdsa = type >= SSH_KEYTYPE_ECDSA_P256 && type <= SSH_KEYTYPE_ECDSA_P521;
  std::string answer = is_ecdsa && ecdsa != nullptr ? ecdsa : ssh_key_type_to_char(type);
  answer += ' ';
  answer += text == nullptr ? "" : text;
  ssh_string_free_char(text);
  ssh_clean_pubkey_hash(&hash);
  return answer;
}

bool same_key(const std::string& pinned, const std::string& found) {
  return pinned.find(' ') == std::string::npos
             ? found.size() > pinned.size() && found.ends_with(" " + pinned)
             : pinned == found;
}

Failure exchange_failure(const Transport& transport, const Settings& settings) {
  std::string words = ssh_get_error(transport.session.get());
  if (words.find("no match for method") == std::string::npos) {
    return transport.broken("Key exchange with " + where(settings));
  }
  if (!settings.host_key.empty() && words.find("host key") != std::string::npos) {
    Failure changed = must_act("host_key_changed", where(settings) +
                                                       " no longer has a host key of the kind that "
                                                       "was confirmed. Nothing was sent.");
    return changed;
  }
  return must_act("no_common_algorithm",
                  where(settings) + " offers only algorithms that are no longer safe: " + words);
}

}  // namespace

LentSocket::LentSocket(FileDescriptor socket) : fd_(socket.release()) {
  struct stat status {};
  if (::fstat(fd_, &status) == 0) inode_ = status.st_ino;
}

LentSocket::~LentSocket() {
  struct stat status {};
  bool ours = ::fstat(fd_, &status) == 0 && S_ISSOCK(status.st_mode) && status.st_ino == inode_;
  if (ours) ::close(fd_);
}

Failure Transport::broken(const std::string& what) const {
  if (watch->cancelled()) return passing("cancelled", what + " was stopped.");
  if (watch->timed_out()) return passing("timeout", what + " took too long.");
  std::string words = session ? ssh_get_error(session.get()) : "";
  return passing("cut", what + ": the connection broke" + (words.empty() ? "." : ": " + words));
}

Outcome<Transport> connect(const Settings& settings) {
  Transport transport;
  transport.socket = std::make_unique<LentSocket>(SFTP_TRY(open_socket(settings)));
  transport.watch = std::make_unique<Watch>(transport.socket->get());
  ssh_session session = ssh_new();
  if (session == nullptr) return of_ours("library", "No session of libssh.");
  transport.session.reset(session);
  int fd = transport.socket->get();
  if (!set_options(session, settings) || ssh_options_set(session, SSH_OPTIONS_FD, &fd) != SSH_OK) {
    return of_ours("library", std::string("libssh refused an option: ") + ssh_get_error(session));
  }
  {
    Step step(*transport.watch, settings.connect_timeout);
    if (ssh_connect(session) != SSH_OK) return exchange_failure(transport, settings);
    transport.host_key = host_key_of(session);
  }
  if (transport.host_key.empty()) return of_ours("library", "The host key cannot be read.");
  if (settings.host_key.empty()) {
    Failure unknown =
        must_act("host_key_unknown", "The host key of " + where(settings) +
                                         " was not confirmed yet: " + transport.host_key + ".");
    unknown.host_key = transport.host_key;
    return unknown;
  }
  if (!same_key(settings.host_key, transport.host_key)) {
    Failure changed = must_act("host_key_changed",
                               "The host key of " + where(settings) + " is " + transport.host_key +
                                   ", not the one that was confirmed. Nothing was sent.");
    changed.host_key = transport.host_key;
    return changed;
  }
  return transport;
}

Outcome<std::string> look_at_host_key(const Settings& settings) {
  Settings stranger = settings;
  stranger.host_key.clear();
  stranger.user.clear();
  auto transport = connect(stranger);
  if (transport) return transport->host_key;
  if (transport.error().code == "host_key_unknown") return transport.error().host_key;
  return transport.error();
}

bool is_host_key(const std::string& text) {
  auto space = text.find(' ');
  std::string print = space == std::string::npos ? text : text.substr(space + 1);
  if (space != std::string::npos) {
    std::string kind = text.substr(0, space);
    if (kind != "ssh-ed25519" && kind != "ssh-rsa" && !kind.starts_with("ecdsa-sha2-nistp")) {
      return false;
    }
  }
  constexpr std::size_t kPrint = 7 + 43;  // "SHA256:" and 32 bytes in base64 without padding
  return print.size() == kPrint && print.starts_with("SHA256:") &&
         print.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                                 7) == std::string::npos;
}

}  // namespace trailkeeper::sftp
