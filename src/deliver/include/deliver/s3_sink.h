#pragma once

#include <memory>

#include "base/clock.h"
#include "deliver/deliveries.h"
#include "deliver/ports.h"
#include "httpc/client.h"
#include "httpc/resolve.h"
#include "s3/credentials.h"

namespace trailkeeper::deliver {

// The addresses that the operator's endpoints may lead to, on top of those allowed anyway: whoever
// lists an endpoint means its host, wherever it is.
httpc::AddressPolicy address_policy(const Settings& settings);

// ObjectSink over S3 and STS. `credentials` are the vendor's own; `wall` the wall clock, for
// signatures. What it is given outlives it.
std::unique_ptr<ObjectSink> make_s3_sink(httpc::Client& http, httpc::AddressPolicy addresses,
                                         s3::CredentialsProvider& credentials, const Clock& wall);

}  // namespace trailkeeper::deliver
