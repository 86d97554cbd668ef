#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/file.h"
#include "httpd/server.h"

namespace trailkeeper::httpd {

using boost::system::error_code;

// Told when an operation of a stream is done; each keeps the object alive.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual void on_handshake(error_code ec) = 0;
  virtual void on_read(error_code ec, std::size_t size) = 0;
  virtual void on_written(error_code ec, std::size_t size) = 0;
};

// A connected byte stream, plain or TLS. Used on its io thread only; one read and one write at a
// time.
class Stream {
 public:
  using Pieces = std::array<std::string_view, 2>;
  virtual ~Stream() = default;
  // False when there is no handshake to make.
  virtual bool start_handshake(std::shared_ptr<StreamEvents> events) = 0;
  virtual void read(char* data, std::size_t size, std::shared_ptr<StreamEvents> events) = 0;
  // Writes what goes at once; 0 when nothing does.
  virtual std::size_t write_now(const Pieces& pieces, error_code& ec) = 0;
  virtual void write(const Pieces& pieces, std::shared_ptr<StreamEvents> events) = 0;
  // Tells the peer that nothing more comes; reading goes on.
  virtual void end_writing() = 0;
  // Ends everything; pending operations complete with an error.
  virtual void close() = 0;
  // Whether bytes lie in the socket, unread.
  virtual bool has_unread() = 0;
};

// The certificate and key of a TLS server; shared by its streams.
class TlsContext {
 public:
  virtual ~TlsContext() = default;
  // Errors: `invalid` with a sentence that names the file.
  static Result<std::shared_ptr<TlsContext>> load(const TlsFiles& files);
};

// `tls` may be null: a plain stream. `family` is that of the socket.
std::unique_ptr<Stream> make_stream(boost::asio::io_context& io, FileDescriptor socket, int family,
                                    const std::shared_ptr<TlsContext>& tls);

}  // namespace trailkeeper::httpd
