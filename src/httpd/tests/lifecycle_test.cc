// Answers from anywhere, and a stop that loses nothing that was accepted.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "raw_client.h"
#include "test_server.h"

namespace trailkeeper::httpd {
namespace {

using std::chrono::milliseconds;

const std::string kHello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

// A handler that hands its responder to the test.
class Kept {
 public:
  Handler handler() {
    return [this](Request, Responder responder) {
      std::lock_guard lock(mutex_);
      kept_.push_back(std::move(responder));
    };
  }
  std::vector<Responder> take(std::size_t count) {
    for (;;) {
      {
        std::lock_guard lock(mutex_);
        if (kept_.size() >= count) return std::move(kept_);
      }
      ::usleep(5'000);
    }
  }

 private:
  std::mutex mutex_;
  std::vector<Responder> kept_;
};

TEST(HttpdLifecycle, PipelinedRequestsAreAnsweredInOrder) {
  TestServer server([](ServerSettings&, Router& router) {
    router.add("GET", "/n/{n}", [](Request request, Responder responder) {
      auto n = std::string(*request.parameter("n"));
      // The earlier, the slower.
      if (n.size() == 1) ::usleep(20'000);
      responder.send(text_response(200, n));
    });
  });
  RawClient client(server.address());
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += "GET /n/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    all += "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab";
    all += "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(body_of(client.receive_answer()), std::to_string(i));
    ASSERT_EQ(body_of(client.receive_answer()), "ab");
    ASSERT_EQ(status_of(client.receive_answer()), 404);
  }
}

TEST(HttpdLifecycle, AnswersComeLaterFromAnyThread) {
  Kept kept;
  TestServer server([&](ServerSettings& settings, Router& router) {
    settings.pool_threads = 1;
    router.add("GET", "/later", kept.handler());
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.address()));
    clients.back()->send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  auto responders = kept.take(20);
  std::thread other([&] {
    for (auto& responder : responders) responder.send(text_response(201, "later"));
  });
  for (auto& client : clients) EXPECT_EQ(status_of(client->receive_answer()), 201);
  other.join();
}

TEST(HttpdLifecycle, ADroppedResponderIs500) {
  TestServer server([](ServerSettings&, Router& router) {
    router.add("GET", "/drop", [](Request, Responder) {});
    router.add("GET", "/throw", [](Request, Responder) { throw std::runtime_error("secret"); });
    router.add("GET", "/replace", [](Request, Responder responder) {
      Responder other = std::move(responder);
      other.send(text_response(200, "moved"));
    });
  });
  RawClient client(server.address());
  for (auto* path : {"/drop", "/throw"}) {
    client.send(std::string("GET ") + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    auto answer = client.receive_answer();
    EXPECT_EQ(status_of(answer), 500);
    EXPECT_NE(answer.find("\"request_id\":\"" + header_of(answer, "X-Request-Id")),
              std::string::npos);
    EXPECT_EQ(answer.find("secret"), std::string::npos);
  }
  client.send("GET /replace HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(body_of(client.receive_answer()), "moved");
}

TEST(HttpdLifecycle, ClientsThatVanishHurtNobody) {
  std::atomic<int> handled{0};
  TestServer server([&](ServerSettings&, Router& router) {
    router.add("POST", "/slow", [&](Request, Responder responder) {
      ::usleep(10'000);
      ++handled;
      responder.send(text_response(200, std::string(100'000, 'x')));
    });
  });
  const std::string pieces[] = {"", "G", "GET /hello HTTP/1.1\r\n",
                                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
                                "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"};
  for (int i = 0; i < 100; ++i) {
    RawClient client(server.address());
    client.send(pieces[i % 5]);
    if (i % 2) client.abort();
  }
  while (handled < 20) ::usleep(10'000);
  RawClient client(server.address());
  client.send(kHello);
  EXPECT_EQ(status_of(client.receive_answer()), 200);
}

TEST(HttpdLifecycle, ManyClientsAtOnce) {
  std::mutex mutex;
  std::set<std::string> ids;
  TestServer server([&](ServerSettings& settings, Router&) {
    settings.io_threads = 2;
    settings.on_answer = [&](const Request& request, const Route* route, int status,
                             std::uint64_t bytes, std::chrono::microseconds) {
      EXPECT_EQ(request.path, "/hello");
      EXPECT_NE(route, nullptr);
      EXPECT_EQ(status, 200);
      EXPECT_EQ(bytes, 5u);
      std::lock_guard lock(mutex);
      ids.insert(request.request_id);
    };
  });
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int c = 0; c < 5; ++c) {
        RawClient client(server.address());
        for (int i = 0; i < 40; ++i) {
          client.send(kHello);
          right += body_of(client.receive_answer()) == "hello";
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 1600);
  server.server().stop(milliseconds(1000));
  EXPECT_EQ(ids.size(), 1600u);
}

TEST(HttpdLifecycle, AStopFinishesWhatRuns) {
  Kept kept;
  TestServer server(
      [&](ServerSettings&, Router& router) { router.add("GET", "/later", kept.handler()); });
  RawClient idle(server.address());
  idle.send(kHello);
  EXPECT_EQ(status_of(idle.receive_answer()), 200);
  RawClient busy(server.address());
  busy.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  auto responders = kept.take(1);
  RawClient sending(server.address());
  sending.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
  ::usleep(50'000);
  std::thread stopper([&] { server.server().stop(milliseconds(10'000)); });
  EXPECT_TRUE(idle.at_end());
  // The request was begun before the stop: it is taken, answered, and told that the connection
  // ends.
  sending.send("cd");
  auto answer = sending.receive_answer();
  EXPECT_EQ(body_of(answer), "abcd");
  EXPECT_EQ(header_of(answer, "Connection"), "close");
  responders[0].send(text_response(200, "finished"));
  answer = busy.receive_answer();
  EXPECT_EQ(body_of(answer), "finished");
  EXPECT_EQ(header_of(answer, "Connection"), "close");
  stopper.join();
  EXPECT_FALSE(RawClient(server.address()).connected());
}

TEST(HttpdLifecycle, AfterTheGraceEverythingEnds) {
  Kept kept;
  auto server = std::make_unique<TestServer>(
      [&](ServerSettings&, Router& router) { router.add("GET", "/later", kept.handler()); });
  RawClient client(server->address());
  client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  auto responders = kept.take(1);
  server->server().stop(milliseconds(100));
  EXPECT_TRUE(client.at_end());
  server.reset();
  // The server has gone: an answer and a drop do nothing.
  responders[0].send(text_response(200, "too late"));
  responders.clear();
}

TEST(HttpdLifecycle, ADropAfterTheServerDoesNothing) {
  Kept kept;
  auto server = std::make_unique<TestServer>(
      [&](ServerSettings&, Router& router) { router.add("GET", "/later", kept.handler()); });
  RawClient client(server->address());
  client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  auto responders = kept.take(1);
  server.reset();
  responders.clear();
}

TEST(HttpdLifecycle, AServerThatNeverStarted) {
  Router router;
  auto server = Server::create({.listen = "127.0.0.1:0"}, router);
  ASSERT_TRUE(server);
  auto address = (*server)->address();
  server->reset();
  EXPECT_FALSE(RawClient(address).connected());
}

TEST(HttpdLifecycle, UnixSocket) {
  auto path = testing::TempDir() + "httpd_test_" + std::to_string(::getpid()) + ".sock";
  auto prepare = [&](ServerSettings& settings, Router& router) {
    settings.listen = path;
    router.add("GET", "/peer", [](Request request, Responder responder) {
      responder.send(text_response(200, request.peer));
    });
  };
  {
    TestServer server(prepare);
    EXPECT_EQ(server.address(), path);
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    RawClient client(path);
    client.send("GET /peer HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(body_of(client.receive_answer()), "unix");
    // Somebody listens: the file is not taken away.
    Router router;
    auto second = Server::create({.listen = path}, router);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "address_in_use");
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
  // A killed server leaves its file; the next one replaces it.
  FileDescriptor dead(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  dead = FileDescriptor();
  TestServer server(prepare);
  RawClient client(path);
  client.send(kHello);
  EXPECT_EQ(status_of(client.receive_answer()), 200);
}

TEST(HttpdLifecycle, InheritedSocketOutlivesTheServer) {
  FileDescriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&any), sizeof(any)), 0);
  Router none;
  EXPECT_FALSE(Server::create({.inherited_fd = fd.get()}, none));
  ASSERT_EQ(::listen(fd.get(), 16), 0);
  std::string address;
  for (int i = 0; i < 2; ++i) {
    TestServer server([&](ServerSettings& settings, Router&) { settings.inherited_fd = fd.get(); });
    address = server.address();
    RawClient client(address);
    client.send(kHello);
    EXPECT_EQ(status_of(client.receive_answer()), 200);
  }
  EXPECT_TRUE(RawClient(address).connected());
}

TEST(HttpdLifecycle, AddressesThatCannotBeUsed) {
  TestServer server;
  Router router;
  auto taken = Server::create({.listen = server.address()}, router);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, "address_in_use");
  EXPECT_NE(taken.error().message.find(server.address()), std::string::npos);
  for (auto* bad : {"", "8400", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:80x",
                    "host.example:80", "::1:80", "[::1]", "[::g]:80"}) {
    auto result = Server::create({.listen = bad}, router);
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().kind, ErrorKind::invalid) << bad;
  }
  EXPECT_FALSE(Server::create({.listen = "203.0.113.7:0"}, router));
}

TEST(HttpdLifecycle, HeadersOfAnswers) {
  TestServer server([](ServerSettings& settings, Router& router) {
    settings.default_headers = {{"X-Frame-Options", "DENY"}, {"Cache-Control", "no-store"}};
    router.add("GET", "/own", [](Request, Responder responder) {
      Response response = text_response(200, "own");
      response.headers.push_back({"cache-control", "max-age=5"});
      response.headers.push_back({"X-Request-ID", "mine"});
      response.headers.push_back({"X-Split", "a\r\nSet-Cookie: b"});
      response.headers.push_back({"Bad Name", "a"});
      response.headers.push_back({"Content-Length", "99"});
      response.headers.push_back({"Set-Cookie", "a=1"});
      response.headers.push_back({"Set-Cookie", "b=2"});
      responder.send(std::move(response));
    });
    router.add("GET", "/nothing", [](Request, Responder responder) {
      Response response;
      response.status = 204;
      responder.send(std::move(response));
    });
  });
  RawClient client(server.address());
  client.send("GET /own HTTP/1.1\r\nHost: x\r\n\r\n");
  auto answer = client.receive_answer();
  EXPECT_EQ(header_of(answer, "X-Frame-Options"), "DENY");
  EXPECT_EQ(header_of(answer, "cache-control"), "max-age=5");
  EXPECT_EQ(header_of(answer, "Cache-Control"), "");
  EXPECT_EQ(header_of(answer, "X-Request-ID"), "mine");
  EXPECT_EQ(header_of(answer, "X-Request-Id"), "");
  EXPECT_EQ(header_of(answer, "Content-Length"), "3");
  EXPECT_EQ(answer.find("Split"), std::string::npos);
  EXPECT_EQ(answer.find("Bad Name"), std::string::npos);
  EXPECT_NE(answer.find("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"), std::string::npos);
  client.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
  answer = client.receive_answer();
  EXPECT_EQ(status_of(answer), 204);
  EXPECT_EQ(header_of(answer, "Content-Length"), "");
  client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n" + kHello);
  answer = client.receive_answer(false);
  EXPECT_EQ(header_of(answer, "Content-Length"), "5");
  EXPECT_EQ(body_of(client.receive_answer()), "hello");
}

TEST(HttpdLifecycle, TheProblemHookMakesTheServersOwnAnswers) {
  TestServer server([](ServerSettings& settings, Router&) {
    settings.problem = [](int status, std::string_view code, std::string_view,
                          const Request& request) {
      auto response = text_response(status, std::string(code) + " " + request.path);
      response.set("X-Surface", "own");
      return response;
    };
  });
  RawClient client(server.address());
  client.send("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
  auto answer = client.receive_answer();
  EXPECT_EQ(status_of(answer), 404);
  EXPECT_EQ(body_of(answer), "not_found /nowhere");
  EXPECT_EQ(header_of(answer, "X-Surface"), "own");
}

}  // namespace
}  // namespace trailkeeper::httpd
