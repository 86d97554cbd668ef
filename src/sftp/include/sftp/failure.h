#pragma once

#include <boost/system/result.hpp>
#include <exception>
#include <string>

// What an SFTP server said no with, and who has to act on it.
namespace trailkeeper::sftp {

enum class FailureClass {
  customer_must_act,  // host key, sign-in, rights, space: someone at the server has to look
  transient,          // try the same again: no connection, timeouts, a connection that broke
  ours,               // the local file cannot be read, a path that cannot be sent
};

// Codes, stable:
//   customer_must_act: host_key_unknown, host_key_changed, no_common_algorithm, sign_in,
//     private_key, no_sftp, permission_denied, not_found, no_space, write_refused, refused,
//     target_differs
//   transient: connect, timeout, cut, cancelled, size_differs
//   ours: local_file, bad_path, library
struct Failure {
  FailureClass kind = FailureClass::transient;
  std::string code;
  std::string message;     // one sentence for a person; no secret
  std::string host_key{};  // with host_key_unknown and host_key_changed: "TYPE SHA256:..."
};

template <typename T = void>
using Outcome = boost::system::result<T, Failure>;

// See base/result.h: asking a failed outcome for its value is a broken invariant.
[[noreturn]] inline void throw_exception_from_error(const Failure& failure,
                                                    const boost::source_location&) {
  (void)failure;
  std::terminate();
}

}  // namespace trailkeeper::sftp
