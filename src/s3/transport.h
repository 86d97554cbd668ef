#pragma once

#include <string>

#include "base/clock.h"
#include "httpc/client.h"
#include "httpc/resolve.h"
#include "s3/credentials.h"
#include "s3/failure.h"

namespace trailkeeper::s3 {

// Signs and sends one request; any status but 2xx is a Failure. `signable.headers` need not hold
// host and x-amz-date; its headers are sent too.
struct Exchange {
  httpc::Client& http;
  const httpc::AddressPolicy& addresses;
  const Credentials& credentials;
  Scope scope;
  std::string origin;  // scheme://host[:port]
};
Outcome<httpc::Response> exchange(const Exchange& with, Signable signable, httpc::Request request,
                                  Timestamp wall);

// host[:port] of an origin.
std::string host_of(const std::string& origin);

// An ETag without its quotes.
std::string unquoted(std::string_view etag);

}  // namespace trailkeeper::s3
