#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace trailkeeper::httpc {

struct Request {
  std::string method = "GET";
  std::string url;                // absolute; sent as it is, already encoded
  std::string unix_socket{};      // connect there instead of the URL's host
  std::string connect_address{};  // numeric address to connect to, already checked; TLS still
                                  // verifies the URL's host
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  // When set, the body comes from here instead: fills at most `size` bytes, 0 ends it. With
  // `body_length` a Content-Length is sent, else chunked.
  std::function<std::size_t(char* data, std::size_t size)> body_source{};
  std::optional<std::uint64_t> body_length{};
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds total_timeout{60000};  // 0: none
  std::chrono::seconds stall_timeout{30};          // slower than this, in both directions together:
  std::uint32_t bytes_per_second_min = 1;
  std::size_t response_bytes_max = 16u << 20;  // more is an error (not for streamed answers)
  // PEM file of the authorities to trust instead of the system's; for private endpoints and tests.
  std::string ca_file{};
  // Asked about once a second; then the transfer is `cancelled`.
  std::stop_token stop{};
};

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  // First header of that (lower-case) name.
  std::optional<std::string_view> header(std::string_view name) const;
};

// Given what arrives of a 2xx body; answering false cancels the transfer. Other statuses' bodies go
// to Response::body.
using BodySink = std::function<bool(std::string_view chunk)>;

// HTTP/1.1 client over libcurl. Never follows a redirect, never uses a proxy of the environment,
// verifies TLS. Connections are kept and used again. Thread-safe; calls block. Any status is an
// answer, not an error. Errors:
//   `invalid`, code `bad_request`: the URL or a header cannot be sent; nothing was.
//   `unavailable`, code `resolve`, `connect` or `tls`: nothing of the request was sent.
//   `unavailable`, code `timeout`, `cut`, `too_large` or `cancelled` (the sink or `stop` said so, a
//   source or sink threw, a source ended before body_length): the request may have been carried
//   out; outcome unknown.
// A kept connection that the server closed just then is replaced by a new one without the caller's
// notice, unless the body comes from a source: that is `cut`.
class Client {
 public:
  Client();
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Result<Response> send(const Request& request);
  Result<Response> stream(const Request& request, const BodySink& sink);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::httpc
