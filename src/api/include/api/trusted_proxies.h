#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "httpd/message.h"

namespace trailkeeper::api {

// The proxies whose word on where a request came from counts. Immutable, so thread-safe.
class TrustedProxies {
 public:
  TrustedProxies() = default;
  // Addresses, networks such as "10.0.0.0/8" or "fd00::/8", or "unix" for whoever connects by a
  // Unix socket. `invalid` (`config`) naming the one that is none.
  static Result<TrustedProxies> parse(const std::vector<std::string>& entries);

  // The numeric address that made the request: the peer's, or, when that is a trusted proxy, the
  // last of X-Forwarded-For (else of Forwarded, RFC 7239) that is not one.
  std::string client_of(const httpd::Request& request) const;

 private:
  struct Network {
    std::array<std::uint8_t, 16> address{};  // IPv4 as ::ffff:a.b.c.d
    int bits = 128;
  };
  bool trusts(const std::string& address) const;

  std::vector<Network> networks_{};
  bool unix_socket_ = false;
};

}  // namespace trailkeeper::api
