#include "testing/real_sshd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/file.h"

namespace trailkeeper::sftp {

namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "sshd: %s\n", why.c_str());
  std::_Exit(1);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t free_port() {
  FileDescriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    give_up("no port");
  }
  return ntohs(address.sin_port);
}

bool answers(std::uint16_t port) {
  FileDescriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(port);
  return ::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

RealSshd::RealSshd(SshdOptions options) : options_(options) {
  char name[] = "/tmp/trailkeeper-sshd-XXXXXX";
  if (::mkdtemp(name) == nullptr) give_up("no folder");
  root_ = name;
  folder_ = root_ + "/files";
  std::filesystem::create_directory(folder_);
  command("ssh-keygen -q -t ed25519 -N '' -f client && ssh-keygen -q -t ed25519 -N '' -f host");
  port_ = free_port();
  start();
}

RealSshd::~RealSshd() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

std::string RealSshd::command(const std::string& line) const {
  FILE* pipe = ::popen(("cd " + root_ + " && " + line).c_str(), "r");
  std::string output;
  char block[512];
  while (pipe != nullptr && std::fgets(block, sizeof(block), pipe) != nullptr) output += block;
  if (pipe == nullptr || ::pclose(pipe) != 0) give_up("failed: " + line);
  return output;
}

void RealSshd::start() {
  // sshd wants its folder of separated privileges when root runs it.
  if (::geteuid() == 0) std::filesystem::create_directories("/run/sshd");
  std::ofstream config(root_ + "/sshd_config");
  config << "ListenAddress 127.0.0.1:" << port_ << "\nHostKey " << root_ << "/host\nPidFile none\n"
         << "AuthorizedKeysFile " << root_ << "/client.pub\nStrictModes no\nUsePAM no\n"
         << "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
         << "Subsystem sftp internal-sftp -d " << folder_
         << (options_.old_server ? " -P posix-rename,fsync" : "")
         << (options_.read_only ? " -R" : "") << "\n";
  if (options_.old_algorithms) config << "KexAlgorithms diffie-hellman-group14-sha1\n";
  config.close();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // also when the test gives up
    std::string log = root_ + "/log", file = root_ + "/sshd_config";
    ::execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "-f", file.c_str(), "-E", log.c_str(),
            nullptr);
    ::_exit(127);
  }
  for (int tries = 0; tries < 12000; ++tries) {
    if (answers(port_)) return;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  give_up("it does not start (Debian's openssh-server is needed): " + text_of(root_ + "/log"));
}

void RealSshd::stop() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

void RealSshd::change_host_keys() {
  stop();
  command("rm host host.pub && ssh-keygen -q -t ed25519 -N '' -f host");
  start();
}

std::string RealSshd::host_key() const {
  std::istringstream line(command("ssh-keygen -l -E sha256 -f host.pub"));
  std::string bits, print;
  line >> bits >> print;
  return "ssh-ed25519 " + print;
}

std::string RealSshd::other_key(const std::string& arguments) const {
  command("rm -f other other.pub && ssh-keygen -q -f other " + arguments);
  command("cat other.pub >> client.pub");
  return text_of(root_ + "/other");
}

Settings RealSshd::settings() const {
  const passwd* user = ::getpwuid(::geteuid());
  return {.host = "sftp.example",
          .connect_address = "127.0.0.1",
          .port = port_,
          .user = user->pw_name,
          .private_key = text_of(root_ + "/client"),
          .host_key = host_key()};
}

}  // namespace trailkeeper::sftp
