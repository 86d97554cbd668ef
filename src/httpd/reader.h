#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "httpd/message.h"

namespace trailkeeper::httpd {

// Request line and headers, checked as RFC 9112 asks of a server.
struct Head {
  std::string method;
  std::string target;
  std::string path;        // without the query; of an absolute target only its path
  std::string_view query;  // into target
  std::vector<Header> headers;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool http11 = true;
  bool keep_alive = true;  // what the client asks for
  bool expects_continue = false;

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

// What is wrong with a request; the connection cannot go on after it.
struct Refusal {
  int status = 0;  // 0: nothing
  std::string_view code;
  std::string_view detail;
};

// Takes one request apart as its bytes arrive. The only user of Beast. Not thread-safe.
class RequestReader {
 public:
  struct Limits {
    std::size_t header_bytes_max;
    std::size_t target_bytes_max;
  };
  enum class Status { need_more, complete, refused, stopped };
  struct Step {
    std::size_t consumed;
    Status status;
  };
  // Takes a piece of the body; false stops the reading.
  using BodySink = std::function<bool(std::string_view)>;

  explicit RequestReader(Limits limits);
  ~RequestReader();
  // For the next request of the connection.
  void reset();
  // Reads up to the end of the headers; `complete` means head() is there.
  Step read_head(std::string_view bytes);
  // Reads the body; `complete` means the request is.
  Step read_body(std::string_view bytes, const BodySink& sink);
  Head& head();
  const Refusal& refusal() const;
  // True once any byte of the request was seen.
  bool begun() const;
  // True when the headers already were the whole request.
  bool body_complete() const;

 private:
  class Parser;
  const Limits limits_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace trailkeeper::httpd
