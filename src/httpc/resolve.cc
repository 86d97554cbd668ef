#include "httpc/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

#include "base/ascii.h"

namespace trailkeeper::httpc {

namespace {

struct Range4 {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t ip4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// IANA's special-purpose registry for IPv4, multicast, the reserved block, and Azure's metadata
// address.
constexpr Range4 kRefused4[] = {
    {ip4(0, 0, 0, 0), 8},       {ip4(10, 0, 0, 0), 8},       {ip4(100, 64, 0, 0), 10},
    {ip4(127, 0, 0, 0), 8},     {ip4(168, 63, 129, 16), 32}, {ip4(169, 254, 0, 0), 16},
    {ip4(172, 16, 0, 0), 12},   {ip4(192, 0, 0, 0), 24},     {ip4(192, 0, 2, 0), 24},
    {ip4(192, 31, 196, 0), 24}, {ip4(192, 52, 193, 0), 24},  {ip4(192, 88, 99, 0), 24},
    {ip4(192, 168, 0, 0), 16},  {ip4(192, 175, 48, 0), 24},  {ip4(198, 18, 0, 0), 15},
    {ip4(198, 51, 100, 0), 24}, {ip4(203, 0, 113, 0), 24},   {ip4(224, 0, 0, 0), 4},
    {ip4(240, 0, 0, 0), 4},
};

bool is_internal4(std::uint32_t address) {
  return std::any_of(std::begin(kRefused4), std::end(kRefused4), [&](const Range4& range) {
    return (address ^ range.first) >> (32 - range.bits) == 0;
  });
}

using Bytes16 = std::array<std::uint8_t, 16>;

std::uint32_t embedded4(const Bytes16& a, std::size_t at) {
  return ip4(a[at], a[at + 1], a[at + 2], a[at + 3]);
}

bool begins(const Bytes16& address, std::initializer_list<int> bytes) {
  return std::equal(bytes.begin(), bytes.end(), address.begin());
}

bool is_internal6(const Bytes16& a) {
  if (begins(a, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return is_internal4(embedded4(a, 12));
  // NAT64 (RFC 6052); its local form 64:ff9b:1::/48 lies outside of what follows.
  if (begins(a, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return is_internal4(embedded4(a, 12));
  }
  if (a[0] >> 5 != 1) return true;  // not global unicast, 2000::/3
  if (begins(a, {0x20, 0x02})) return is_internal4(embedded4(a, 2));  // 6to4
  if (begins(a, {0x20, 0x01}) && a[2] < 2) return true;  // 2001::/23: Teredo, benchmarking, ORCHID
  if (begins(a, {0x20, 0x01, 0x0d, 0xb8})) return true;  // documentation
  if (begins(a, {0x3f, 0xff}) && a[2] >> 4 == 0) return true;        // documentation, RFC 9637
  if (begins(a, {0x26, 0x20, 0x00, 0x4f, 0x80, 0x00})) return true;  // AS112
  // ISATAP: an IPv4 address behind ::0:5efe or ::200:5efe.
  bool isatap = (a[8] & 0xfd) == 0 && a[9] == 0 && a[10] == 0x5e && a[11] == 0xfe;
  return isatap && is_internal4(embedded4(a, 12));
}

std::optional<bool> internal_numeric(const std::string& address) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return is_internal4(ntohl(v4.s_addr));
  Bytes16 v6{};
  if (::inet_pton(AF_INET6, address.c_str(), v6.data()) == 1) return is_internal6(v6);
  return std::nullopt;
}

Error not_allowed(const std::string& host) {
  return {ErrorKind::forbidden, "address_not_allowed",
          "the host " + host + " leads to an address that is not allowed here"};
}

// A name (RFC 1123, underscores tolerated) that no resolver would take for a number: its last label
// has a letter first.
bool is_name(const std::string& host) {
  if (host.empty() || host.size() > 253) return false;
  std::size_t label = 0;
  char first_of_last = '\0';
  for (char c : host) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool other = (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!letter && !other) return false;
    if (label++ == 0) first_of_last = c;
    if (label > 63) return false;
  }
  return !(first_of_last >= '0' && first_of_last <= '9');
}

struct AddressesDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

Result<std::vector<std::string>> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* raw = nullptr;
  int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &raw);
  std::unique_ptr<addrinfo, AddressesDeleter> list(failed ? nullptr : raw);
  std::vector<std::string> addresses;
  for (auto* one = list.get(); one; one = one->ai_next) {
    char text[NI_MAXHOST] = "";
    // The number only: a zone ("%eth0") is never one of ours to use.
    if (::getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof(text), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text);
    }
  }
  if (addresses.empty()) {
    return Error{ErrorKind::unavailable, "resolve",
                 "the host " + host + " cannot be resolved: " +
                     (failed ? ::gai_strerror(failed) : "it has no address")};
  }
  return addresses;
}

// RFC 6761: these mean this machine, whatever a resolver says.
bool is_local_name(std::string name) {
  name = lower_ascii(name);
  if (name.ends_with('.')) name.pop_back();
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

bool is_internal_address(const std::string& address) {
  return internal_numeric(address).value_or(true);
}

Result<std::string> resolve_checked(const std::string& host, const AddressPolicy& policy) {
  bool trusted =
      policy.allow_private || std::find(policy.allowed_hosts.begin(), policy.allowed_hosts.end(),
                                        lower_ascii(host)) != policy.allowed_hosts.end();
  std::string bare = host;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    bare = host.substr(1, host.size() - 2);
  }
  if (auto internal = internal_numeric(bare)) {
    if (*internal && !trusted) return not_allowed(host);
    return bare;
  }
  if (!is_name(bare)) return not_allowed(bare.substr(0, 80));
  if (!trusted && is_local_name(bare)) return not_allowed(bare);
  auto addresses = TRY(look_up(bare));
  if (trusted) return addresses.front();
  for (const auto& address : addresses) {
    if (is_internal_address(address)) return not_allowed(host);
  }
  return addresses.front();
}

}  // namespace trailkeeper::httpc
