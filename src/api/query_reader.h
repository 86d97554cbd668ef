#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "httpd/message.h"

namespace trailkeeper::api {

// Reads the query of a request strictly: unknown, repeated or malformed parameters are problems,
// named by parameter. An empty value counts as absent, so that a form can be sent as it stands.
class QueryReader {
 public:
  explicit QueryReader(const httpd::Request& request) : request_(request) {}

  std::string text(std::string_view name, std::size_t bytes_max = 256);
  std::optional<Timestamp> time(std::string_view name);
  std::size_t number(std::string_view name, std::size_t min, std::size_t max, std::size_t fallback);
  std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max,
                       std::int64_t fallback);
  bool flag(std::string_view name);
  // One of `choices`; the first when absent.
  std::string choice(std::string_view name, const std::vector<std::string_view>& choices);
  // May be repeated, and each value may hold several, separated by commas. With `choices`, only
  // those.
  std::vector<std::string> list(std::string_view name,
                                const std::vector<std::string_view>& choices = {});

  void refuse(std::string_view name, std::string code, std::string detail);
  // Takes over the problems of a parameter that was read elsewhere, with the code of the error when
  // there are no others.
  void refuse(const Error& error);

  // `invalid`, code `invalid_request`, with every problem found; each `pointer` is the parameter's
  // name.
  Result<> finish();

 private:
  std::string_view single(std::string_view name);

  const httpd::Request& request_;
  std::vector<std::string> known_;
  std::vector<FieldProblem> problems_;
  std::string code_ = "invalid_request";
};

}  // namespace trailkeeper::api
