#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace trailkeeper {

// What the caller should do about a failure. The list is closed on purpose: a new kind is needed
// only when there is a new thing to do.
enum class ErrorKind {
  invalid,          // fix the input: it can never work as it is
  unauthenticated,  // bring a valid credential
  forbidden,        // another credential is needed
  not_found,        // it is not there, or not for this caller
  conflict,         // look at the present state, then redo the step
  too_large,        // send less at once
  limited,          // slow down, then retry the call
  unavailable,      // retry the same call later; nothing is known to have changed
  failed,           // the other side refused or answered nonsense: a person has to look
  fatal,            // stop: a broken invariant or a storage fault; going on could lose data
};

// One thing wrong with an input. `pointer` is a JSON pointer (RFC 6901) into the document as it was
// sent.
struct FieldProblem {
  std::string pointer;
  std::string code;    // stable, snake_case
  std::string detail;  // one sentence for a person
};

struct Error {
  ErrorKind kind = ErrorKind::failed;
  std::string code;     // stable, snake_case; what programs switch on
  std::string message;  // one sentence for a person; never holds a secret
  std::vector<FieldProblem> fields{};
  std::chrono::seconds retry_after{
      0};  // with `limited` and `unavailable`: when to come back; 0 means unknown
};

// A value or the reason why there is none. Returned, never thrown.
template <typename T = void>
using Result = boost::system::result<T, Error>;

// Boost calls this when a result without a value is asked for one: a broken invariant of the
// caller.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  (void)error;
  std::terminate();
}

}  // namespace trailkeeper

// The value of a Result expression, or return its error from the enclosing function.
#define TRY(expression)                                    \
  ({                                                       \
    auto try_result = (expression);                        \
    if (!try_result) return std::move(try_result).error(); \
    *std::move(try_result);                                \
  })
