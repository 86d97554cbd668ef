#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace trailkeeper::httpc {

struct Request {
  std::string method = "GET";
  std::string url;                 // absolute; sent as it is, already encoded
  std::string unix_socket{};       // connect there instead of the URL's host
  std::string connect_address{};   // numeric address to connect to, already checked; TLS still verifies the URL's host
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  // When set, the body comes from here instead: fills at most `size` bytes, 0 ends it. With `body_length` a
  // Content-Length is sent, else chunked.
  std::function<std::size_t(char* data, std::size_t size)> body_source{};
  std::optional<std::uint64_t> body_length{};
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds total_timeout{60000};   // 0: none
  std::chrono::seconds stall_timeout{30};           // without a byte in either direction
  std::size_t response_bytes_max = 16u << 20;       // more is an error (not for streamed answers)
};

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  // First header of that (lower-case) name.
  std::optional<std::string_view> header(std::string_view name) const;
};

// Given what arrives of a 2xx body; answering false cancels the transfer. Other statuses' bodies go to Response::body.
using BodySink = std::function<bool(std::string_view chunk)>;

// HTTP/1.1 client over libcurl. Never follows a redirect, never uses a proxy of the environment, verifies TLS.
// Connections are kept and used again. Thread-safe; calls block.
// Errors: `unavailable` with code `connect`, `timeout`, `tls`, `resolve`, `cut` (transfer broken: outcome unknown), `too_large`, `cancelled`.
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
