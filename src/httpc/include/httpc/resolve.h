#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace trailkeeper::httpc {

// Which addresses a name that a customer typed may lead to.
struct AddressPolicy {
  // Hosts (exact, lower case) the operator allows wherever they lead, such as a private S3
  // endpoint.
  std::vector<std::string> allowed_hosts{};
  bool allow_private = false;  // for tests
};

// Resolves `host` once and answers a numeric address to connect to. Refuses (`forbidden`, code
// `address_not_allowed`) loopback, private, link-local, unique-local, multicast, unspecified,
// metadata, carrier-grade NAT, documentation and benchmarking ranges, also when IPv4 is wrapped in
// IPv6 (mapped, 6to4, NAT64); if any of a name's addresses is refused, the name is. Errors:
// `unavailable` (code `resolve`) when the name cannot be resolved.
Result<std::string> resolve_checked(const std::string& host, const AddressPolicy& policy);

// Whether a numeric address lies in one of the refused ranges. True for what is not an address.
bool is_internal_address(const std::string& address);

}  // namespace trailkeeper::httpc
