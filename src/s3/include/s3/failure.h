#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <string_view>

#include "base/result.h"

// What S3 or STS said no with, and who has to act on it.
namespace trailkeeper::s3 {

enum class FailureClass {
  customer_must_act,  // missing permission, missing or foreign bucket, wrong region, key policy
  transient,          // try the same again: busy, timeouts, broken connections, expired session
  ours,               // a wrong signature, a bad request: the operator has to look
};

struct Failure {
  FailureClass kind = FailureClass::transient;
  std::string code;        // as the service named it; "connect", "timeout", "tls", "resolve", "cut"
                           // without an answer
  std::string message;     // the service's own words; no secret
  std::string request_id;  // x-amz-request-id
  std::string host_id;     // x-amz-id-2
  std::string region;      // where the bucket is, when the answer named it
  int status = 0;          // HTTP; 0 without an answer: whether the request took effect is unknown
  std::chrono::seconds retry_after{0};
};

template <typename T>
using Outcome = boost::system::result<T, Failure>;

// See base/result.h: asking a failed outcome for its value is a broken invariant.
[[noreturn]] inline void throw_exception_from_error(const Failure& failure,
                                                    const boost::source_location&) {
  (void)failure;
  std::terminate();
}

FailureClass classify(int status, std::string_view code);

// Reads an error answer: S3's <Error>, STS' <ErrorResponse>, or none of them (a HEAD, a proxy's
// page).
Failure parse_failure(int status, std::string_view body);

// A transfer that brought no answer.
Failure transport_failure(const Error& error);

}  // namespace trailkeeper::s3
