#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

// AWS Signature Version 4 in request headers ("Authenticating Requests: Using the Authorization
// Header", Amazon S3 API reference). Pure functions.
namespace trailkeeper::s3 {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty for lasting ones
  std::optional<Timestamp> expires_at{};
};

struct Scope {
  std::string region;
  std::string service;  // "s3", "sts"
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

// What is signed. Path and query are plain text, not encoded; the encoded forms to send come back
// with the signature.
struct Signable {
  std::string method;
  std::string path;  // starts with a slash; never normalised, as S3 wants it
  Pairs query{};
  Pairs headers{};             // all are signed; must hold host and x-amz-date
  std::string payload_sha256;  // hex
};

struct Signature {
  std::string canonical_request;
  std::string string_to_sign;
  std::string authorization;  // the header's value
  std::string path;           // encoded once
  std::string query;          // encoded and sorted; empty without
};

Signature sign(const Signable& request, const Credentials& credentials, const Scope& scope,
               Timestamp time);

// 20130524T000000Z, the form of x-amz-date.
std::string amz_date(Timestamp time);

// Percent-encodes all but RFC 3986's unreserved characters; the slash too unless it is kept.
std::string uri_encode(std::string_view text, bool keep_slash);

}  // namespace trailkeeper::s3
