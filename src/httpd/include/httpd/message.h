#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace trailkeeper::httpd {

struct Header {
  std::string name;
  std::string value;
};

using PathParameters = std::vector<std::pair<std::string, std::string>>;

// One request, whole. Values are as sent unless said; nothing of it is trusted.
struct Request {
  std::string method;         // GET, POST ...
  std::string target;         // path and query as sent
  std::string path;           // as sent, without the query
  PathParameters parameters;  // {name} parts of the route, percent-decoded
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<Header> headers;                             // in order
  std::string body;                                        // empty when the route spools
  FileDescriptor body_file;  // the body in a memfd at offset 0, for routes that spool
  std::string peer;          // numeric address, or "unix"
  std::string request_id;    // made by the server; in every log line and problem

  // First header of that name, case-insensitively.
  std::optional<std::string_view> header(std::string_view name) const;
  std::optional<std::string_view> parameter(std::string_view name) const;  // of the path
  std::optional<std::string_view> query_value(std::string_view name) const;
  // Value of the first cookie of that name, as sent.
  std::optional<std::string_view> cookie(std::string_view name) const;
};

// A body made while it is sent. read() runs on the server's pool, one call at a time; it may block.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // Fills at most `size` bytes; 0 ends the body. An error cuts the connection, so that the client
  // sees a broken transfer and never takes a part for the whole.
  virtual Result<std::size_t> read(char* data, std::size_t size) = 0;
};

struct Response {
  int status = 200;
  std::vector<Header> headers;
  // Text, or a stream: sent with Content-Length when `length` is known, else chunked.
  std::variant<std::string, std::unique_ptr<BodySource>> body;
  std::optional<std::uint64_t> length;

  // Replaces every header of that name.
  void set(std::string name, std::string value);
};

// Answers one request, from any thread, once. Move-only; if it is dropped unused, the client gets
// 500.
class Responder {
 public:
  class Target {
   public:
    virtual ~Target() = default;
    virtual void send(Response response) = 0;
    // The responder was dropped without an answer.
    virtual void abandoned();
  };
  explicit Responder(std::shared_ptr<Target> target) : target_(std::move(target)) {}
  Responder(Responder&&) = default;
  Responder& operator=(Responder&& other) noexcept;
  ~Responder();
  void send(Response response);

 private:
  std::shared_ptr<Target> target_;
};

// Runs on the server's bounded pool and may block; it may also keep the Responder and answer later
// from another thread.
using Handler = std::function<void(Request, Responder)>;

}  // namespace trailkeeper::httpd
