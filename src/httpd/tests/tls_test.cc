#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "raw_client.h"
#include "test_server.h"
#include "testing/self_signed.h"

namespace trailkeeper::httpd {
namespace {

class TlsClient {
 public:
  TlsClient(const std::string& address, int version_max = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method())), ssl_(nullptr) {
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, version_max);
    SSL_CTX_set_security_level(context_, 0);
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v4.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    fd_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&v4), sizeof(v4)) != 0) return;
    ssl_ = SSL_new(context_);
    const unsigned char protocols[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(ssl_, protocols, sizeof(protocols) - 1);
    SSL_set_fd(ssl_, fd_.get());
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  bool connected() const { return connected_; }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  void send(const std::string& bytes) {
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  }
  std::string receive(std::size_t least) {
    std::string all;
    char buffer[16384];
    while (all.size() < least) {
      int got = SSL_read(ssl_, buffer, sizeof(buffer));
      if (got <= 0) break;
      all.append(buffer, static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  SSL_CTX* context_;
  SSL* ssl_;
  FileDescriptor fd_;
  bool connected_ = false;
};

class HttpdTls : public testing::Test {
 protected:
  HttpdTls()
      : server_([this](ServerSettings& settings, Router& router) {
          settings.tls = TlsFiles{certificate_.certificate_path(), certificate_.key_path()};
          settings.header_timeout = std::chrono::seconds(1);
          router.add("GET", "/big", [](Request, Responder responder) {
            responder.send(text_response(200, std::string(5'000'000, 'x')));
          });
        }) {}
  SelfSigned certificate_;
  TestServer server_;
};

TEST_F(HttpdTls, AnswersOverTls) {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server_.address(), version);
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(client.protocol(), "http/1.1");
    for (int i = 0; i < 3; ++i) {
      client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
      EXPECT_EQ(body_of(client.receive(1)), "hello");
    }
    const std::string body(300'000, 'y');
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" + body);
    EXPECT_EQ(body_of(client.receive(300'100)), body);
    client.send("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(body_of(client.receive(1u << 30)).size(), 5'000'000u);
  }
}

TEST_F(HttpdTls, OldVersionsAndOtherProtocolsAreNotSpoken) {
  EXPECT_FALSE(TlsClient(server_.address(), TLS1_1_VERSION).connected());
  RawClient plain(server_.address());
  plain.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(plain.receive_all().find("hello"), std::string::npos);
  // A handshake that never comes does not hold the connection for ever.
  RawClient silent(server_.address());
  EXPECT_TRUE(silent.at_end());
}

TEST_F(HttpdTls, ARefusedBodyCanStillReadItsAnswer) {
  TlsClient client(server_.address());
  ASSERT_TRUE(client.connected());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n");
  client.send(std::string(1'000'000, 'x'));
  EXPECT_EQ(status_of(client.receive(1)), 413);
}

TEST(HttpdTlsFiles, BadFilesAreNamed) {
  Router router;
  SelfSigned good;
  SelfSigned other;
  auto create = [&](const std::string& certificate, const std::string& key) {
    return Server::create({.listen = "127.0.0.1:0", .tls = TlsFiles{certificate, key}}, router);
  };
  auto missing = create("/nowhere/cert.pem", good.key_path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::invalid);
  EXPECT_NE(missing.error().message.find("/nowhere/cert.pem"), std::string::npos);
  EXPECT_FALSE(create(good.certificate_path(), good.certificate_path()));
  EXPECT_FALSE(create(good.certificate_path(), other.key_path()));
}

}  // namespace
}  // namespace trailkeeper::httpd
