#include "s3/failure.h"

#include <algorithm>
#include <array>
#include <pugixml.hpp>

namespace trailkeeper::s3 {
namespace {

constexpr std::size_t kMessageMax = 500;

constexpr std::array<std::string_view, 14> kTransient = {"SlowDown",
                                                         "InternalError",
                                                         "ServiceUnavailable",
                                                         "RequestTimeout",
                                                         "RequestTimeTooSkewed",
                                                         "OperationAborted",
                                                         "ConditionalRequestConflict",
                                                         "ExpiredToken",
                                                         "RequestExpired",
                                                         "Throttling",
                                                         "ThrottlingException",
                                                         "TooManyRequests",
                                                         "RequestThrottled",
                                                         "ExpiredTokenException"};

// Only the vendor's own credentials or our request can be the cause.
constexpr std::array<std::string_view, 13> kOurs = {
    "SignatureDoesNotMatch",     "InvalidAccessKeyId",    "InvalidToken",
    "InvalidClientTokenId",      "MissingSecurityHeader", "BadDigest",
    "XAmzContentSHA256Mismatch", "InvalidDigest",         "EntityTooLarge",
    "InvalidArgument",           "NotImplemented",        "MalformedPolicyDocument",
    "PackedPolicyTooLarge"};

constexpr std::array<std::string_view, 15> kCustomer = {"AccessDenied",
                                                        "AllAccessDisabled",
                                                        "AccountProblem",
                                                        "NoSuchBucket",
                                                        "InvalidBucketName",
                                                        "PermanentRedirect",
                                                        "TemporaryRedirect",
                                                        "AuthorizationHeaderMalformed",
                                                        "IllegalLocationConstraintException",
                                                        "AccessControlListNotSupported",
                                                        "InvalidBucketState",
                                                        "MethodNotAllowed",
                                                        "KMS.DisabledException",
                                                        "KMS.NotFoundException",
                                                        "KMS.InvalidStateException"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& list, std::string_view code) {
  return std::find(list.begin(), list.end(), code) != list.end();
}

}  // namespace

FailureClass classify(int status, std::string_view code) {
  if (holds(kTransient, code)) return FailureClass::transient;
  if (holds(kOurs, code)) return FailureClass::ours;
  if (holds(kCustomer, code) || code.starts_with("KMS.")) return FailureClass::customer_must_act;
  if (status == 0 || status == 408 || status == 409 || status == 429 || status >= 500)
    return FailureClass::transient;
  if (status == 301 || status == 307 || status == 403 || status == 404 || status == 405) {
    return FailureClass::customer_must_act;
  }
  return FailureClass::ours;
}

Failure parse_failure(int status, std::string_view body) {
  Failure failure;
  failure.status = status;
  pugi::xml_document document;
  // Entities of a document type are never expanded by this parser, and none is loaded.
  if (document.load_buffer(body.data(), body.size(), pugi::parse_default, pugi::encoding_utf8)) {
    pugi::xml_node root = document.document_element();
    pugi::xml_node error = std::string_view(root.name()) == "Error" ? root : root.child("Error");
    failure.code = error.child_value("Code");
    failure.message = error.child_value("Message");
    failure.region = error.child_value("Region");
    failure.host_id = error.child_value("HostId");
    failure.request_id = error.child_value("RequestId");
    if (failure.request_id.empty()) failure.request_id = root.child_value("RequestId");
  }
  if (failure.code.empty()) failure.code = "HTTP " + std::to_string(status);
  if (failure.message.size() > kMessageMax) failure.message.resize(kMessageMax);
  failure.kind = classify(status, failure.code);
  return failure;
}

Failure transport_failure(const Error& error) {
  Failure failure;
  failure.code = error.code;
  failure.message = error.message;
  failure.retry_after = error.retry_after;
  // A refused address is the operator's list or a hostile name; everything else may pass by itself.
  failure.kind =
      error.kind == ErrorKind::unavailable ? FailureClass::transient : FailureClass::ours;
  return failure;
}

}  // namespace trailkeeper::s3
