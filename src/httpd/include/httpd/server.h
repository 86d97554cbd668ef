#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "httpd/router.h"

namespace trailkeeper::httpd {

struct TlsFiles {
  std::string certificate_chain;  // PEM
  std::string private_key;        // PEM
};

struct ServerSettings {
  // Where it listens: "127.0.0.1:8400", "[::1]:0", or a Unix socket's path ("/..."). With
  // `inherited_fd`, that socket, already bound and listening.
  std::string listen;
  int inherited_fd = -1;
  std::optional<TlsFiles> tls{};
  int io_threads = 1;
  int pool_threads = 8;
  // Requests that wait for the pool; beyond it 503 with Retry-After.
  std::size_t pool_queue_max = 512;
  // At the limit the connection that idles longest is closed; without one, new connections wait.
  std::size_t connections_max = 4096;
  // Bodies held in memory by all requests that are not answered yet; beyond it 503 with
  // Retry-After.
  std::size_t bodies_bytes_max = 512u << 20;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t target_bytes_max = 8 * 1024;
  std::chrono::seconds header_timeout{10};  // also for the TLS handshake
  std::chrono::seconds body_timeout{60};    // without progress, or slower than 1 KiB/s after it
  std::chrono::seconds write_timeout{60};   // without progress
  std::chrono::seconds idle_timeout{75};    // between requests of a connection
  // Added to every answer unless the handler set them.
  std::vector<Header> default_headers{};
  // Makes the body of the answers that the server itself gives (400, 404, 405, 408, 413, 414, 431,
  // 500, 503): given the status, a stable code, a sentence and the request. Default: RFC 9457
  // problem.
  std::function<Response(int status, std::string_view code, std::string_view detail,
                         const Request&)>
      problem{};
  // Called once for each answered request, from a server thread; for the access log and metrics.
  // The body is gone.
  std::function<void(const Request&, const Route*, int status, std::uint64_t bytes,
                     std::chrono::microseconds)>
      on_answer{};
};

// An HTTP/1.1 server (RFC 9112): keep-alive, pipelining one at a time, chunked bodies, Expect:
// 100-continue, TLS 1.2+. Conflicting or repeated Content-Length and Transfer-Encoding are refused.
class Server {
 public:
  // Binds at once, so that the port is known; serves from start() on. The router must outlive the
  // server. Errors: the address is taken or not ours, with a sentence that says what to do.
  static Result<std::unique_ptr<Server>> create(ServerSettings settings, const Router& router);
  virtual ~Server() = default;
  virtual void start() = 0;
  // Stops accepting, lets running requests finish for `grace`, then closes what is left. Returns
  // when all threads are done.
  virtual void stop(std::chrono::milliseconds grace) = 0;
  // "127.0.0.1:8400" with the real port; the path of a Unix socket.
  virtual std::string address() const = 0;
};

}  // namespace trailkeeper::httpd
