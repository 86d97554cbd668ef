#include "own_network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace trailkeeper::engine {
namespace {

Result<> write_text(const char* path, const std::string& text) {
  const FileDescriptor file(open(path, O_WRONLY | O_CLOEXEC));
  if (!file || write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return system_error(path, errno);
  return {};
}

ifreq request_for(const char* name) {
  ifreq request{};
  std::strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
  return request;
}

Result<FileDescriptor> control_socket(int family) {
  FileDescriptor control(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!control) return system_error("socket", errno);
  return control;
}

Result<> raise_loopback() {
  const FileDescriptor control = TRY(control_socket(AF_INET));
  ifreq request = request_for("lo");
  if (ioctl(control.get(), SIOCGIFFLAGS, &request) != 0) return system_error("lo", errno);
  if ((request.ifr_flags & IFF_UP) != 0) return {};
  request.ifr_flags |= IFF_UP;
  if (ioctl(control.get(), SIOCSIFFLAGS, &request) != 0) return system_error("lo up", errno);
  return {};
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  bool local = false;  // 127.0.0.0/8 or ::1
};

Result<Address> parse_address(const std::string& text, int port) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<std::uint16_t>(port));
    address.size = sizeof(sockaddr_in);
    address.local = ntohl(v4->sin_addr.s_addr) >> 24 == 127;
  } else if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<std::uint16_t>(port));
    address.size = sizeof(sockaddr_in6);
    address.local = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) != 0;
  } else {
    return Error{ErrorKind::invalid, "bad_address", "not a numeric address"};
  }
  return address;
}

Result<> add_v4(const sockaddr_in& address) {
  const FileDescriptor control = TRY(control_socket(AF_INET));
  ifreq request = request_for("lo:1");
  std::memcpy(&request.ifr_addr, &address, sizeof(address));
  reinterpret_cast<sockaddr_in*>(&request.ifr_addr)->sin_port = 0;
  if (ioctl(control.get(), SIOCSIFADDR, &request) != 0) return system_error("address", errno);
  request = request_for("lo:1");
  auto* mask = reinterpret_cast<sockaddr_in*>(&request.ifr_netmask);
  mask->sin_family = AF_INET;
  mask->sin_addr.s_addr = 0xffffffff;
  if (ioctl(control.get(), SIOCSIFNETMASK, &request) != 0) return system_error("mask", errno);
  return {};
}

Result<> add_v6(const sockaddr_in6& address) {
  const FileDescriptor control = TRY(control_socket(AF_INET6));
  in6_ifreq request{};
  request.ifr6_addr = address.sin6_addr;
  request.ifr6_prefixlen = 128;
  request.ifr6_ifindex = static_cast<int>(if_nametoindex("lo"));
  if (ioctl(control.get(), SIOCSIFADDR, &request) != 0) return system_error("address", errno);
  return {};
}

}  // namespace

Result<> enter_own_namespaces() {
  const std::string uid = std::to_string(geteuid()), gid = std::to_string(getegid());
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) != 0) {
    return Error{ErrorKind::forbidden, "namespaces_forbidden",
                 std::string("unshare: ") + strerrordesc_np(errno)};
  }
  const auto mapped = [&]() -> Result<> {
    TRY(write_text("/proc/self/setgroups", "deny"));
    TRY(write_text("/proc/self/uid_map", uid + " " + uid + " 1"));
    return write_text("/proc/self/gid_map", gid + " " + gid + " 1");
  }();
  if (!mapped) return Error{ErrorKind::forbidden, "namespaces_forbidden", mapped.error().message};
  return {};
}

Result<> cover_folder(const std::string& folder, std::uint64_t bytes_max) {
  const std::string options = "mode=700,size=" + std::to_string(bytes_max);
  if (mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options.c_str()) !=
      0) {
    const int failed = errno;
    return Error{ErrorKind::forbidden, "namespaces_forbidden",
                 system_error("mount", failed).message};
  }
  return {};
}

bool network_is_empty() {
  struct if_nameindex* all = if_nameindex();
  if (all == nullptr) return false;
  bool empty = true;
  for (const auto* one = all; one->if_index != 0; ++one)
    empty = empty && std::string_view(one->if_name) == "lo";
  if_freenameindex(all);
  return empty;
}

Result<FileDescriptor> listen_as(const std::string& text, int port) {
  const Address address = TRY(parse_address(text, port));
  TRY(raise_loopback());
  if (!address.local) {
    if (address.storage.ss_family == AF_INET)
      TRY(add_v4(reinterpret_cast<const sockaddr_in&>(address.storage)));
    else
      TRY(add_v6(reinterpret_cast<const sockaddr_in6&>(address.storage)));
  }
  FileDescriptor listener(socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!listener) return system_error("socket", errno);
  if (bind(listener.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0)
    return system_error("bind", errno);
  if (listen(listener.get(), 64) != 0) return system_error("listen", errno);
  return listener;
}

Result<> drop_capabilities() {
  for (int one = 0; one <= 63; ++one) prctl(PR_CAPBSET_DROP, one, 0, 0, 0);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2]{};
  if (syscall(SYS_capset, &header, none) != 0) return system_error("capset", errno);
  return {};
}

}  // namespace trailkeeper::engine
