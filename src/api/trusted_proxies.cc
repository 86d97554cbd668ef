#include "api/trusted_proxies.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.h"

namespace trailkeeper::api {
namespace {

using Address = std::array<std::uint8_t, 16>;

// As many as a chain of proxies ever has.
constexpr std::size_t kHopsMax = 32;

std::optional<Address> parse_address(const std::string& text) {
  Address address{};
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  std::array<std::uint8_t, 4> four{};
  if (inet_pton(AF_INET, text.c_str(), four.data()) != 1) return std::nullopt;
  address[10] = address[11] = 0xFF;
  std::copy(four.begin(), four.end(), address.begin() + 12);
  return address;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Without quotes, brackets and port.
std::string bare(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  if (text.starts_with('[')) return std::string(text.substr(1, text.find(']') - 1));
  // A port follows one colon; an IPv6 address has more.
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos)
    text = text.substr(0, colon);
  return std::string(text);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

// Everything of that name, in order: proxies may add a header of their own.
std::vector<std::string_view> items_of(const httpd::Request& request, std::string_view name) {
  std::vector<std::string_view> items;
  for (const httpd::Header& header : request.headers) {
    if (lower_ascii(header.name) != name) continue;
    for (const std::string_view item : split(header.value, ',')) items.push_back(item);
  }
  return items;
}

std::vector<std::string> hops_of(const httpd::Request& request) {
  std::vector<std::string> hops;
  for (const std::string_view item : items_of(request, "x-forwarded-for"))
    hops.push_back(bare(item));
  if (!hops.empty()) return hops;
  for (const std::string_view item : items_of(request, "forwarded")) {
    for (const std::string_view pair : split(item, ';')) {
      const std::string_view text = trimmed(pair);
      if (text.size() > 4 && lower_ascii(text.substr(0, 4)) == "for=")
        hops.push_back(bare(text.substr(4)));
    }
  }
  return hops;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& entries) {
  TrustedProxies proxies;
  for (const std::string& entry : entries) {
    if (entry == "unix") {
      proxies.unix_socket_ = true;
      continue;
    }
    const std::size_t slash = entry.find('/');
    const std::string host = entry.substr(0, slash);
    const auto address = parse_address(host);
    const int most = host.find(':') == std::string::npos ? 32 : 128;
    int bits = most;
    if (slash != std::string::npos) {
      const char* end = entry.data() + entry.size();
      const auto [rest, problem] = std::from_chars(entry.data() + slash + 1, end, bits);
      if (problem != std::errc() || rest != end) bits = -1;
    }
    if (!address || bits < 0 || bits > most) {
      return Error{ErrorKind::invalid, "config",
                   "proxies.trusted: \"" + entry + "\" is neither an address nor a network"};
    }
    proxies.networks_.push_back({*address, bits + 128 - most});
  }
  return proxies;
}

bool TrustedProxies::trusts(const std::string& text) const {
  if (text == "unix") return unix_socket_;
  const auto address = parse_address(text);
  if (!address) return false;
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    for (int bit = 0; bit < network.bits; ++bit) {
      const auto byte = static_cast<std::size_t>(bit / 8);
      const int mask = 0x80 >> (bit % 8);
      if (((*address)[byte] ^ network.address[byte]) & mask) return false;
    }
    return true;
  });
}

std::string TrustedProxies::client_of(const httpd::Request& request) const {
  if (!trusts(request.peer)) return request.peer;
  const std::vector<std::string> hops = hops_of(request);
  std::string client = request.peer;
  const std::size_t oldest = hops.size() > kHopsMax ? hops.size() - kHopsMax : 0;
  for (std::size_t i = hops.size(); i-- > oldest;) {
    // What is no address was made up, or hidden: nothing before it counts.
    if (!parse_address(hops[i])) return client;
    client = hops[i];
    if (!trusts(client)) return client;
  }
  return client;
}

}  // namespace trailkeeper::api
