#include "stream.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace trailkeeper::httpd {

namespace asio = boost::asio;
using Socket = asio::generic::stream_protocol::socket;
using Buffers = std::array<asio::const_buffer, 2>;

namespace {

Buffers buffers_of(const Stream::Pieces& pieces) {
  return {asio::buffer(pieces[0].data(), pieces[0].size()),
          asio::buffer(pieces[1].data(), pieces[1].size())};
}

bool socket_has_unread(Socket& socket) {
  char byte = 0;
  return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

class PlainStream final : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
  }

  bool start_handshake(std::shared_ptr<StreamEvents>) override { return false; }

  void read(char* data, std::size_t size, std::shared_ptr<StreamEvents> events) override {
    socket_.async_read_some(
        asio::buffer(data, size),
        [events = std::move(events)](error_code ec, std::size_t n) { events->on_read(ec, n); });
  }

  std::size_t write_now(const Pieces& pieces, error_code& ec) override {
    auto size = socket_.write_some(buffers_of(pieces), ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again) ec.clear();
    return size;
  }

  void write(const Pieces& pieces, std::shared_ptr<StreamEvents> events) override {
    socket_.async_write_some(
        buffers_of(pieces),
        [events = std::move(events)](error_code ec, std::size_t n) { events->on_written(ec, n); });
  }

  void end_writing() override {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

  bool has_unread() override { return socket_has_unread(socket_); }

 private:
  Socket socket_;
};

class OpensslContext final : public TlsContext {
 public:
  asio::ssl::context context{asio::ssl::context::tls_server};
};

class TlsStream final : public Stream {
 public:
  TlsStream(Socket socket, std::shared_ptr<TlsContext> context)
      : context_(std::move(context)),
        stream_(std::move(socket), static_cast<OpensslContext&>(*context_).context) {}

  bool start_handshake(std::shared_ptr<StreamEvents> events) override {
    stream_.async_handshake(
        asio::ssl::stream_base::server,
        [events = std::move(events)](error_code ec) { events->on_handshake(ec); });
    return true;
  }

  void read(char* data, std::size_t size, std::shared_ptr<StreamEvents> events) override {
    stream_.async_read_some(
        asio::buffer(data, size),
        [events = std::move(events)](error_code ec, std::size_t n) { events->on_read(ec, n); });
  }

  std::size_t write_now(const Pieces&, error_code&) override { return 0; }

  void write(const Pieces& pieces, std::shared_ptr<StreamEvents> events) override {
    stream_.async_write_some(
        buffers_of(pieces),
        [events = std::move(events)](error_code ec, std::size_t n) { events->on_written(ec, n); });
  }

  // The client knows from the message's length that it is whole; a close_notify would need another
  // round.
  void end_writing() override {
    error_code ignored;
    stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
  }

  void close() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

  bool has_unread() override { return socket_has_unread(stream_.next_layer()); }

 private:
  std::shared_ptr<TlsContext> context_;
  asio::ssl::stream<Socket> stream_;
};

// RFC 7301: this server speaks only HTTP/1.1; a client that offers other protocols goes on without
// ALPN.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  int found =
      SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof(kHttp11) - 1, offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

Error bad_file(const std::string& path, const error_code& ec) {
  return {ErrorKind::invalid, "tls_file", "TLS: " + path + " cannot be used: " + ec.message()};
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::load(const TlsFiles& files) {
  auto made = std::make_shared<OpensslContext>();
  auto& context = made->context;
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Forward secrecy and authenticated encryption also for TLS 1.2.
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  error_code ec;
  context.use_certificate_chain_file(files.certificate_chain, ec);
  if (ec) return bad_file(files.certificate_chain, ec);
  context.use_private_key_file(files.private_key, asio::ssl::context::pem, ec);
  if (ec) return bad_file(files.private_key, ec);
  return std::shared_ptr<TlsContext>(std::move(made));
}

std::unique_ptr<Stream> make_stream(asio::io_context& io, FileDescriptor socket, int family,
                                    const std::shared_ptr<TlsContext>& tls) {
  error_code ec;
  Socket owned(io);
  owned.assign(asio::generic::stream_protocol(family, 0), socket.get(), ec);
  if (ec) return nullptr;
  socket.release();
  if (tls) return std::make_unique<TlsStream>(std::move(owned), tls);
  return std::make_unique<PlainStream>(std::move(owned));
}

}  // namespace trailkeeper::httpd
