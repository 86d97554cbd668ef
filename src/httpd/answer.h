#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "httpd/server.h"

namespace trailkeeper::httpd {

// What an answer's form depends on.
struct AnswerContext {
  std::string_view request_id;
  bool head = false;  // the method was HEAD: no body
  bool http11 = true;
  bool keep_alive = true;  // whether the connection may be used again
};

// An answer as it goes over the wire.
struct Answer {
  int status = 500;
  std::string head;  // status line and headers, with the empty line
  std::string body;
  std::unique_ptr<BodySource> source;   // instead of `body`
  std::optional<std::uint64_t> length;  // of the source
  bool chunked = false;
  bool keep_alive = true;
};

// Renders a handler's response. Headers that would break the message are left out (and logged).
// Thread-safe.
Answer render(Response response, const AnswerContext& context, const ServerSettings& settings);

// The body of an answer that the server itself gives: `settings.problem`, or an RFC 9457 problem.
Response make_problem(const ServerSettings& settings, int status, std::string_view code,
                      std::string_view detail, const Request& request);

// RFC 9110 section 15; "Status" for what has no name.
std::string_view reason_phrase(int status);

// 16 random characters of lower-case base32.
std::string make_request_id();

}  // namespace trailkeeper::httpd
