// Promise 8: overload gets 503 with Retry-After; everything that comes in has a limit.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "raw_client.h"
#include "test_server.h"

namespace trailkeeper::httpd {
namespace {

using std::chrono::seconds;

// Holds handlers until it is opened.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void await_waiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

void add_small(Router& router) {
  router.add("POST", "/small",
             [](Request request, Responder responder) {
               responder.send(text_response(200, std::to_string(request.body.size())));
             },
             {.body_bytes_max = 10});
}

TEST(HttpdLimits, ABodyThatIsAnnouncedTooLargeIsRefusedWithoutReadingIt) {
  TestServer server([](ServerSettings&, Router& router) { add_small(router); });
  RawClient client(server.address());
  client.send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
  auto answer = client.receive_answer();
  EXPECT_EQ(status_of(answer), 413);
  EXPECT_EQ(header_of(answer, "Connection"), "close");
}

// A short refused body is read, so that the connection can be used again.
TEST(HttpdLimits, TheConnectionOutlivesAShortRefusedBody) {
  TestServer server([](ServerSettings&, Router& router) { add_small(router); });
  RawClient client(server.address());
  for (auto [target, status] : {std::pair{"/small", 413}, {"/nowhere", 404}, {"/hello", 405}}) {
    client.send("POST " + std::string(target) +
                " HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n01234567890123456789");
    auto answer = client.receive_answer();
    EXPECT_EQ(status_of(answer), status);
    EXPECT_EQ(header_of(answer, "Connection"), "");
    if (status == 405) EXPECT_EQ(header_of(answer, "Allow"), "GET, HEAD");
  }
  client.send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789");
  EXPECT_EQ(body_of(client.receive_answer()), "10");
}

// The client writes everything before it reads, as simple ones do; a reset would take the answer
// from it.
TEST(HttpdLimits, AClientThatIsStillSendingCanReadItsRefusal) {
  TestServer server([](ServerSettings&, Router& router) { add_small(router); });
  const std::string megabyte(1 << 20, 'x');
  for (bool chunked : {false, true}) {
    RawClient client(server.address());
    client.send(
        std::string("POST /small HTTP/1.1\r\nHost: x\r\n") +
        (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 20971520\r\n\r\n"));
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(client.send((chunked ? "100000\r\n" : "") + megabyte + (chunked ? "\r\n" : "")));
    }
    auto answer = client.receive_answer();
    EXPECT_EQ(status_of(answer), 413) << chunked;
    client.end_sending();
    EXPECT_TRUE(client.at_end());
    EXPECT_FALSE(client.was_reset());
  }
}

TEST(HttpdLimits, ExpectIsAnsweredAtOnce) {
  TestServer server([](ServerSettings&, Router& router) { add_small(router); });
  const std::string expect =
      " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
  {
    RawClient client(server.address());
    client.send("POST /small" + expect);
    auto interim = client.receive_answer(false);
    EXPECT_EQ(status_of(interim), 100);
    client.send("hello");
    EXPECT_EQ(body_of(client.receive_answer()), "5");
    client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(client.receive_answer()), 200);
  }
  for (auto [target, status] : {std::pair{"/nowhere", 404}, {"/hello", 405}}) {
    RawClient client(server.address());
    client.send("POST " + std::string(target) + expect);
    EXPECT_EQ(status_of(client.receive_answer()), status);
  }
  RawClient client(server.address());
  client.send(
      "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(status_of(client.receive_answer()), 413);
}

TEST(HttpdLimits, LongTargetsAndHeaders) {
  TestServer server;
  const std::pair<std::string, int> cases[] = {
      {"GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
      {"GET /" + std::string(100'000, 'a'), 414},
      {"GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n", 431},
      {"GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(100'000, 'a'), 431},
  };
  for (const auto& [bytes, status] : cases) {
    RawClient client(server.address());
    client.send(bytes);
    client.end_sending();
    EXPECT_EQ(status_of(client.receive_all()), status) << bytes.substr(0, 40);
  }
  RawClient client(server.address());
  client.send("GET /hello?" + std::string(8'000, 'a') +
              " HTTP/1.1\r\nHost: x\r\nX: " + std::string(7'000, 'b') + "\r\n\r\n");
  EXPECT_EQ(status_of(client.receive_answer()), 200);
}

TEST(HttpdLimits, SlowClientsGet408) {
  TestServer server([](ServerSettings& settings, Router&) {
    settings.header_timeout = seconds(1);
    settings.body_timeout = seconds(1);
  });
  RawClient slow_head(server.address());
  slow_head.send("GET /hello HTTP/1.1\r\nHo");
  RawClient slow_body(server.address());
  slow_body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345");
  RawClient silent(server.address());
  EXPECT_EQ(status_of(slow_head.receive_answer()), 408);
  EXPECT_EQ(status_of(slow_body.receive_answer()), 408);
  EXPECT_TRUE(silent.at_end());
}

// Progress alone is not enough: each byte in time, the whole never.
TEST(HttpdLimits, ADribbledHeaderGets408) {
  TestServer server(
      [](ServerSettings& settings, Router&) { settings.header_timeout = seconds(1); });
  RawClient client(server.address());
  std::string answer;
  for (int i = 0; i < 100 && answer.empty(); ++i) {
    if (!client.send(i == 0 ? "GET /hello HTTP/1.1\r\nX: " : "a")) break;
    answer = client.receive(100);
  }
  EXPECT_EQ(status_of(answer), 408);
}

TEST(HttpdLimits, IdleConnectionsAreClosed) {
  TestServer server([](ServerSettings& settings, Router&) { settings.idle_timeout = seconds(1); });
  RawClient client(server.address());
  client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(client.receive_answer()), 200);
  EXPECT_TRUE(client.at_end());
}

TEST(HttpdLimits, AReaderThatStopsIsCutOff) {
  std::atomic<int> answered{0};
  TestServer server([&](ServerSettings& settings, Router& router) {
    settings.write_timeout = seconds(1);
    settings.on_answer = [&](const Request&, const Route*, int, std::uint64_t,
                             std::chrono::microseconds) { ++answered; };
    router.add("GET", "/big", [](Request, Responder responder) {
      responder.send(text_response(200, std::string(64 << 20, 'x')));
    });
  });
  RawClient client(server.address(), 4096);
  client.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  for (int i = 0; i < 1200 && answered == 0; ++i) ::usleep(100'000);
  EXPECT_EQ(answered, 1);
}

TEST(HttpdLimits, WhenThePoolIsFullTheRestGets503) {
  Gate gate;
  TestServer server([&](ServerSettings& settings, Router& router) {
    settings.pool_threads = 1;
    settings.pool_queue_max = 2;
    router.add("GET", "/wait", [&](Request, Responder responder) {
      gate.wait();
      responder.send(text_response(200, "waited"));
    });
  });
  const std::string request = "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n";
  RawClient first(server.address());
  first.send(request);
  gate.await_waiting(1);
  std::vector<std::unique_ptr<RawClient>> clients;
  int refused = 0;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.address()));
    clients.back()->send(request);
  }
  for (auto& client : clients) {
    auto answer = client->receive(500);
    if (answer.empty()) continue;
    ++refused;
    EXPECT_EQ(status_of(answer), 503);
    EXPECT_EQ(header_of(answer, "Retry-After"), "1");
    EXPECT_EQ(header_of(answer, "Connection"), "");
  }
  EXPECT_EQ(refused, 8);
  gate.open();
  int served = status_of(first.receive_answer()) == 200;
  for (auto& client : clients) {
    client->send(refused == 8 ? request : "");
    served += status_of(client->receive_answer()) == 200;
  }
  EXPECT_GE(served, 3);
}

TEST(HttpdLimits, BodiesOfAllRequestsTogether) {
  Gate gate;
  TestServer server([&](ServerSettings& settings, Router& router) {
    settings.bodies_bytes_max = 1000;
    router.add("POST", "/hold", [&](Request, Responder responder) {
      gate.wait();
      responder.send(text_response(200, "held"));
    });
  });
  auto request = [](int size) {
    return "POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) +
           "\r\n\r\n" + std::string(static_cast<std::size_t>(size), 'x');
  };
  RawClient first(server.address());
  first.send(request(800));
  gate.await_waiting(1);
  RawClient second(server.address());
  second.send(request(300));
  auto answer = second.receive_answer();
  EXPECT_EQ(status_of(answer), 503);
  EXPECT_EQ(header_of(answer, "Retry-After"), "1");
  gate.open();
  EXPECT_EQ(status_of(first.receive_answer()), 200);
  // What the first held is given back, at the latest a moment after its answer has arrived.
  int status = 0;
  for (int i = 0; i < 6000 && status != 200; ++i) {
    RawClient again(server.address());
    again.send(request(900));
    status = status_of(again.receive_answer());
  }
  EXPECT_EQ(status, 200);
}

TEST(HttpdLimits, AtTheConnectionLimitTheIdleOneGoes) {
  TestServer server([](ServerSettings& settings, Router&) { settings.connections_max = 2; });
  const std::string request = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
  RawClient first(server.address());
  RawClient second(server.address());
  for (auto* client : {&first, &second}) {
    client->send(request);
    EXPECT_EQ(status_of(client->receive_answer()), 200);
  }
  RawClient third(server.address());
  third.send(request);
  EXPECT_EQ(status_of(third.receive_answer()), 200);
  EXPECT_TRUE(first.at_end());
  second.send(request);
  EXPECT_EQ(status_of(second.receive_answer()), 200);
}

TEST(HttpdLimits, AtTheConnectionLimitBusyOnesAreWaitedFor) {
  Gate gate;
  TestServer server([&](ServerSettings& settings, Router& router) {
    settings.connections_max = 1;
    router.add("GET", "/wait", [&](Request, Responder responder) {
      gate.wait();
      responder.send(text_response(200, "waited"));
    });
  });
  RawClient busy(server.address());
  busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  gate.await_waiting(1);
  RawClient next(server.address());
  next.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(next.receive(300), "");
  gate.open();
  EXPECT_EQ(status_of(busy.receive_answer()), 200);
  EXPECT_EQ(status_of(next.receive_answer()), 200);
}

}  // namespace
}  // namespace trailkeeper::httpd
