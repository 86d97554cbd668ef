#include "httpc/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "base/file.h"
#include "httpd/router.h"
#include "httpd/server.h"
#include "testing/self_signed.h"

namespace trailkeeper::httpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Answers each connection by what `serve` does with it: servers that break the rules.
class OddServer {
 public:
  explicit OddServer(std::function<void(int)> serve) : serve_(std::move(serve)) {
    listener_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_.get(), 8);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (;;) {
        FileDescriptor client(::accept(listener_.get(), nullptr, nullptr));
        if (!client) return;
        ++accepted_;
        char buffer[4096];
        if (::recv(client.get(), buffer, sizeof(buffer), 0) > 0) serve_(client.get());
      }
    });
  }
  ~OddServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  int accepted() const { return accepted_; }
  static std::function<void(int)> says(std::string text) {
    return [text](int fd) { ::send(fd, text.data(), text.size(), MSG_NOSIGNAL); };
  }

 private:
  std::function<void(int)> serve_;
  FileDescriptor listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_{0};
  std::thread thread_;
};

std::string describe(const httpd::Request& request) {
  std::string text = request.method + " " + request.target + "\n";
  for (const auto& header : request.headers) text += header.name + ": " + header.value + "\n";
  return text + "\n" + request.body;
}

// Our own server with routes that show what arrived.
class HttpcClient : public testing::Test {
 protected:
  HttpcClient() {
    for (auto* method : {"GET", "PUT", "POST", "DELETE", "PATCH"}) {
      router_.add(method, "/show/{rest...}",
                  [](httpd::Request request, httpd::Responder responder) {
                    httpd::Response response;
                    response.set("X-Seen", std::string(request.header("x-in").value_or("-")));
                    response.body = describe(request);
                    responder.send(std::move(response));
                  },
                  {.body_bytes_max = 64 << 20});
    }
    router_.add("GET", "/status/{code}", [](httpd::Request request, httpd::Responder responder) {
      httpd::Response response;
      response.status = std::atoi(std::string(*request.parameter("code")).c_str());
      response.set("Location", "/show/redirected");
      response.body = "body";
      responder.send(std::move(response));
    });
    router_.add("GET", "/big", [](httpd::Request, httpd::Responder responder) {
      httpd::Response response;
      response.body = std::string(10 << 20, 'b');
      responder.send(std::move(response));
    });
    router_.add("GET", "/never", [this](httpd::Request, httpd::Responder responder) {
      std::lock_guard lock(mutex_);
      kept_.push_back(std::move(responder));
    });
    httpd::ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    settings.on_answer = [this](const httpd::Request&, const httpd::Route*, int, std::uint64_t,
                                std::chrono::microseconds) { ++answered_; };
    server_ = *httpd::Server::create(settings, router_);
    server_->start();
  }
  ~HttpcClient() override {
    kept_.clear();
    server_->stop(milliseconds(0));
  }
  std::string url(const std::string& path) const { return "http://" + server_->address() + path; }

  httpd::Router router_;
  std::mutex mutex_;
  std::vector<httpd::Responder> kept_;
  std::atomic<int> answered_{0};
  std::unique_ptr<httpd::Server> server_;
  Client client_;
};

TEST_F(HttpcClient, SendsWhatItIsGivenAndNothingElse) {
  auto answer = client_.send({.method = "PUT",
                              .url = url("/show/a%20b/../%C3%A9=+?x=%2F&y"),
                              .headers = {{"X-In", "7"}, {"X-Empty", ""}},
                              .body = "body"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("x-seen"), "7");
  EXPECT_EQ(answer->body, "PUT /show/a%20b/../%C3%A9=+?x=%2F&y\nHost: " + server_->address() +
                              "\nX-In: 7\nX-Empty: \nContent-Length: 4\n\nbody");
}

TEST_F(HttpcClient, MethodsAndBodies) {
  for (auto* method : {"GET", "PUT", "POST", "DELETE", "PATCH"}) {
    for (auto* body : {"", "some"}) {
      auto answer = client_.send({.method = method, .url = url("/show/x"), .body = body});
      ASSERT_TRUE(answer) << answer.error().message;
      EXPECT_TRUE(answer->body.starts_with(std::string(method) + " /show/x\n")) << answer->body;
      EXPECT_TRUE(answer->body.ends_with("\n\n" + std::string(body))) << answer->body;
    }
  }
  auto head = client_.send({.method = "HEAD", .url = url("/big")});
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->header("content-length"), std::to_string(10 << 20));
  EXPECT_EQ(head->body, "");
}

// A body of a megabyte would make libcurl ask with Expect first; a signer could not know of that
// header.
TEST_F(HttpcClient, LargeBodiesGoWithoutExpect) {
  std::string body(5 << 20, 'x');
  auto answer = client_.send({.method = "POST", .url = url("/show/x"), .body = body});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body.find("Expect"), std::string::npos);
  EXPECT_EQ(answer->body.find("Content-Type"), std::string::npos);
  EXPECT_TRUE(answer->body.ends_with("\n\n" + body));
}

TEST_F(HttpcClient, BodiesFromASource) {
  for (bool sized : {true, false}) {
    std::size_t left = 3'000'000;
    Request request{.method = "PUT", .url = url("/show/x")};
    request.body_source = [&left](char* data, std::size_t size) {
      auto n = std::min(size, left);
      std::fill(data, data + n, 's');
      left -= n;
      return n;
    };
    if (sized) request.body_length = left;
    auto answer = client_.send(request);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body.find("Content-Length: 3000000") != std::string::npos, sized);
    EXPECT_EQ(answer->body.find("Transfer-Encoding: chunked") != std::string::npos, !sized);
    EXPECT_TRUE(answer->body.ends_with("\n\n" + std::string(3'000'000, 's')));
  }
}

TEST_F(HttpcClient, ASourceThatEndsEarlyIsNotAWholeBody) {
  Request request{.method = "PUT", .url = url("/show/x"), .body_length = 100};
  request.body_source = [](char*, std::size_t) { return std::size_t{0}; };
  auto answer = client_.send(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "cancelled");
  request.body_source = [](char*, std::size_t) -> std::size_t { throw std::runtime_error("x"); };
  EXPECT_EQ(client_.send(request).error().code, "cancelled");
  EXPECT_EQ(answered_, 0);
}

TEST_F(HttpcClient, StatusesAreAnswersAndRedirectsAreNotFollowed) {
  for (int status : {200, 301, 302, 307, 401, 404, 500, 503}) {
    auto answer = client_.send({.url = url("/status/" + std::to_string(status))});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, status);
    EXPECT_EQ(answer->body, "body");
  }
}

TEST_F(HttpcClient, StreamsAnswers) {
  std::size_t received = 0;
  auto answer =
      client_.stream({.url = url("/big"), .response_bytes_max = 100}, [&](std::string_view chunk) {
        received += chunk.size();
        return true;
      });
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(received, 10u << 20);
  EXPECT_EQ(answer->body, "");
  // What is not a success is collected: it says what is wrong.
  answer = client_.stream({.url = url("/status/404")}, [](std::string_view) { return false; });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "body");
}

TEST_F(HttpcClient, LimitsAndCancelling) {
  auto large = client_.send({.url = url("/big"), .response_bytes_max = 1 << 20});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, "too_large");
  EXPECT_EQ(large.error().kind, ErrorKind::unavailable);
  int calls = 0;
  auto cancelled =
      client_.stream({.url = url("/big")}, [&](std::string_view) { return ++calls < 3; });
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, "cancelled");
  EXPECT_EQ(calls, 3);
  auto thrown = client_.stream({.url = url("/big")},
                               [](std::string_view) -> bool { throw std::runtime_error("x"); });
  EXPECT_EQ(thrown.error().code, "cancelled");
}

TEST_F(HttpcClient, TimeoutsNameTheirKind) {
  auto total = client_.send({.url = url("/never"), .total_timeout = milliseconds(200)});
  ASSERT_FALSE(total);
  EXPECT_EQ(total.error().code, "timeout");
  auto stalled = client_.send({.url = url("/never"), .stall_timeout = seconds(1)});
  ASSERT_FALSE(stalled);
  EXPECT_EQ(stalled.error().code, "timeout");
}

TEST_F(HttpcClient, ConnectionsAreUsedAgainByManyThreads) {
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        auto in = std::to_string(t * 100 + i);
        auto answer = client_.send({.url = url("/show/x"), .headers = {{"X-In", in}}});
        right += answer && answer->header("x-seen") == in;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 400);
}

TEST_F(HttpcClient, RequestsThatCannotBeSent) {
  const Request bad[] = {
      {.url = "ftp://127.0.0.1/x"},
      {.url = "file:///etc/passwd"},
      {.url = "gopher://127.0.0.1/x"},
      {.url = "not a url"},
      {.url = ""},
      {.url = url("/a b")},
      {.url = url("/x\r\nX-Evil: 1")},
      {.url = "http://user:pass@" + server_->address() + "/show/x"},
      {.method = "GET /x HTTP/1.1\r\nX: y", .url = url("/show/x")},
      {.method = "", .url = url("/show/x")},
      {.url = url("/show/x"), .headers = {{"X", "a\r\nY: b"}}},
      {.url = url("/show/x"), .headers = {{"X\r\nY", "a"}}},
      {.url = url("/show/x"), .headers = {{"X: y\tz", "a"}}},
      {.url = url("/show/x"), .connect_address = "localhost"},
      {.url = url("/show/x"), .connect_address = "127.0.0.1:80"},
  };
  for (const auto& request : bad) {
    // A handle that has served before must not confuse the two.
    ASSERT_TRUE(client_.send({.url = url("/show/x")}));
    auto answer = client_.send(request);
    ASSERT_FALSE(answer) << request.url;
    EXPECT_EQ(answer.error().kind, ErrorKind::invalid) << request.url << answer.error().code;
    EXPECT_EQ(answer.error().code, "bad_request") << request.url;
  }
  // The server counts an answer just after the client has it.
  const int expected = static_cast<int>(std::size(bad));
  for (int i = 0; i < 12000 && answered_ < expected; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(answered_, expected);
}

TEST_F(HttpcClient, GoesToTheCheckedAddressUnderTheUrlsName) {
  auto port = server_->address().substr(server_->address().rfind(':') + 1);
  auto answer = client_.send({.url = "http://bucket.customer.invalid:" + port + "/show/x",
                              .connect_address = "127.0.0.1"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_NE(answer->body.find("Host: bucket.customer.invalid:" + port + "\n"), std::string::npos);
  auto unresolved = client_.send({.url = "http://bucket.customer.invalid:" + port + "/show/x"});
  ASSERT_FALSE(unresolved);
  EXPECT_EQ(unresolved.error().code, "resolve");
}

TEST(HttpcClientV6, GoesToAnIpv6Address) {
  httpd::Router router;
  router.add("GET", "/x", [](httpd::Request request, httpd::Responder responder) {
    httpd::Response response;
    response.body = request.peer;
    responder.send(std::move(response));
  });
  auto server = httpd::Server::create({.listen = "[::1]:0"}, router);
  if (!server) GTEST_SKIP() << "this machine has no IPv6";
  (*server)->start();
  auto port = (*server)->address().substr((*server)->address().rfind(':') + 1);
  Client client;
  auto answer =
      client.send({.url = "http://name.invalid:" + port + "/x", .connect_address = "::1"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "::1");
}

TEST_F(HttpcClient, TheEnvironmentsProxyIsNotUsed) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  auto answer = client_.send({.url = url("/show/x")});
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
  EXPECT_TRUE(answer);
}

TEST(HttpcUnixSocket, IsConnectedInsteadOfTheHost) {
  auto path = testing::TempDir() + "httpc_test_" + std::to_string(::getpid()) + ".sock";
  httpd::Router router;
  router.add("POST", "/q", [](httpd::Request request, httpd::Responder responder) {
    httpd::Response response;
    response.body = request.peer + request.body;
    responder.send(std::move(response));
  });
  auto server = httpd::Server::create({.listen = path}, router);
  ASSERT_TRUE(server);
  (*server)->start();
  Client client;
  Request request{.method = "POST", .url = "http://store/q", .unix_socket = path, .body = "!"};
  EXPECT_EQ(client.send(request)->body, "unix!");
  (*server)->stop(milliseconds(0));
  EXPECT_EQ(client.send(request).error().code, "connect");
}

TEST(HttpcTls, VerifiesTheServer) {
  httpd::SelfSigned certificate;
  httpd::Router router;
  router.add("GET", "/x", [](httpd::Request, httpd::Responder responder) { responder.send({}); });
  httpd::ServerSettings settings;
  settings.listen = "127.0.0.1:0";
  settings.tls = httpd::TlsFiles{certificate.certificate_path(), certificate.key_path()};
  auto server = httpd::Server::create(settings, router);
  ASSERT_TRUE(server);
  (*server)->start();
  auto port = (*server)->address().substr((*server)->address().rfind(':') + 1);
  Client client;
  Request request{.url = "https://localhost:" + port + "/x", .connect_address = "127.0.0.1"};
  auto answer = client.send(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "tls");
  request.ca_file = certificate.certificate_path();
  answer = client.send(request);
  ASSERT_TRUE(answer) << answer.error().message;
  // The name in the URL is what is verified, wherever the connection goes.
  request.url = "https://other.invalid:" + port + "/x";
  answer = client.send(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "tls");
}

struct Odd {
  const char* what;
  std::string says;
  const char* code;
};

TEST(HttpcOddServers, BrokenAnswersAreCut) {
  const Odd cases[] = {
      {"nothing", "", "cut"},
      {"half a status line", "HTTP/1.1 20", "cut"},
      {"short body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "cut"},
      {"no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "cut"},
      {"bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", "cut"},
      {"not HTTP", "SSH-2.0-OpenSSH\r\n\r\n", "cut"},
      {"endless headers", "HTTP/1.1 200 OK\r\nX: " + std::string(3 << 20, 'x'), "cut"},
      {"many headers",
       "HTTP/1.1 200 OK\r\n" +
           [] {
             std::string all;
             for (int i = 0; i < 20'000; ++i) all += "X-Some-Header: and a value\r\n";
             return all;
           }() +
           "\r\n",
       "too_large"},
  };
  Client client;
  for (const auto& one : cases) {
    OddServer server(OddServer::says(one.says));
    auto answer = client.send({.url = server.url()});
    ASSERT_FALSE(answer) << one.what;
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable) << one.what;
    EXPECT_EQ(answer.error().code, one.code) << one.what << answer.error().message;
  }
}

TEST(HttpcOddServers, AResetAfterTheRequestIsCut) {
  OddServer server([](int fd) {
    linger hard{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  });
  Client client;
  auto answer = client.send({.method = "POST", .url = server.url(), .body = "x"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "cut");
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpcOddServers, InterimAnswersAndTrailersAreNotTheAnswer) {
  OddServer server(OddServer::says(
      "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 201 Created\r\nX-Final: 2\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: 3\r\n\r\n"));
  Client client;
  auto answer = client.send({.url = server.url()});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, "abc");
  EXPECT_EQ(answer->header("x-final"), "2");
  EXPECT_EQ(answer->header("x-interim"), std::nullopt);
  EXPECT_EQ(answer->header("x-trailer"), std::nullopt);
}

// The server closes each connection after its answer without saying so: the next request opens
// another.
TEST(HttpcOddServers, AKeptConnectionThatWasClosedIsReplaced) {
  OddServer server(OddServer::says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  Client client;
  for (int i = 0; i < 5; ++i) {
    auto answer = client.send({.method = "POST", .url = server.url(), .body = "x"});
    ASSERT_TRUE(answer) << i << answer.error().message;
    EXPECT_EQ(answer->body, "ok");
  }
}

TEST(HttpcOddServers, NobodyListens) {
  std::string url;
  {
    url = OddServer([](int) {}).url();
  }
  Client client;
  auto answer = client.send({.url = url});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(answer.error().code, "connect");
}

}  // namespace
}  // namespace trailkeeper::httpc
