// Streamed answers: constant memory, back-pressure, and a part that is never taken for the whole.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <fstream>

#include "raw_client.h"
#include "test_server.h"

namespace trailkeeper::httpd {
namespace {

struct Watch {
  std::atomic<std::uint64_t> read{0};
  std::atomic<int> destroyed{0};
};

// `total` bytes that count up, then an end or an error.
class Counting final : public BodySource {
 public:
  Counting(std::shared_ptr<Watch> watch, std::uint64_t total, bool fails = false)
      : watch_(std::move(watch)), left_(total), fails_(fails) {}
  ~Counting() override { ++watch_->destroyed; }
  Result<std::size_t> read(char* data, std::size_t size) override {
    if (left_ == 0 && fails_) return Error{ErrorKind::unavailable, "gone", "the store is gone"};
    auto n = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
    for (std::size_t i = 0; i < n; ++i) data[i] = static_cast<char>(next_++);
    left_ -= n;
    watch_->read += n;
    return n;
  }

 private:
  std::shared_ptr<Watch> watch_;
  std::uint64_t left_;
  const bool fails_;
  unsigned char next_ = 0;
};

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  std::size_t resident = 0;
  file >> pages >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

class HttpdStreaming : public testing::Test {
 protected:
  HttpdStreaming()
      : server_([this](ServerSettings&, Router& router) {
          auto add = [&](const std::string& path, std::uint64_t total,
                         std::optional<std::uint64_t> length, bool fails) {
            router.add("GET", path, [this, total, length, fails](Request, Responder responder) {
              Response response;
              response.body = std::make_unique<Counting>(watch_, total, fails);
              response.length = length;
              responder.send(std::move(response));
            });
          };
          add("/chunked", kTotal, std::nullopt, false);
          add("/sized", kTotal, kTotal, false);
          add("/small", 10, std::nullopt, false);
          add("/empty", 0, std::nullopt, false);
          add("/empty_sized", 0, 0, false);
          add("/fails_at_once", 0, std::nullopt, true);
          add("/fails_late", 1'000'000, std::nullopt, true);
          add("/fails_late_sized", 1'000'000, 2'000'000, true);
          add("/too_short", 100, 200, false);
          add("/too_long", 300, 200, false);
          add("/endless", ~std::uint64_t{0}, std::nullopt, false);
        }) {}

  void await_destroyed(int count) {
    for (int i = 0; i < 2400 && watch_->destroyed < count; ++i) ::usleep(50'000);
    EXPECT_EQ(watch_->destroyed, count);
  }
  std::string get(const std::string& path, const std::string& version = "1.1") {
    RawClient client(server_.address());
    client.send("GET " + path + " HTTP/" + version + "\r\nHost: x\r\nConnection: close\r\n\r\n");
    return client.receive_all();
  }

  static constexpr std::uint64_t kTotal = 50 << 20;
  std::shared_ptr<Watch> watch_ = std::make_shared<Watch>();
  TestServer server_;
};

// Reads 50 MB, keeping nothing.
TEST_F(HttpdStreaming, FiftyMegabytesInConstantMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer keeps what was freed";
#endif
  for (auto* path : {"/chunked", "/sized"}) {
    RawClient client(server_.address());
    client.send(std::string("GET ") + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    auto before = resident_bytes();
    std::uint64_t received = 0;
    std::size_t most = 0;
    for (;;) {
      auto piece = client.receive();
      if (piece.empty()) break;
      received += piece.size();
      most = std::max(most, resident_bytes());
    }
    EXPECT_GT(received, kTotal);
    EXPECT_LT(received, kTotal + kTotal / 1000);
    EXPECT_LT(most, before + (8u << 20)) << path;
  }
  await_destroyed(2);
}

TEST_F(HttpdStreaming, FramingAndContent) {
  auto chunked = get("/small");
  EXPECT_EQ(header_of(chunked, "Transfer-Encoding"), "chunked");
  EXPECT_EQ(body_of(chunked), std::string("a\r\n\0\1\2\3\4\5\6\7\10\11\r\n0\r\n\r\n", 20));
  EXPECT_EQ(body_of(get("/empty")), "0\r\n\r\n");
  auto sized = get("/empty_sized");
  EXPECT_EQ(header_of(sized, "Content-Length"), "0");
  EXPECT_EQ(body_of(sized), "");
  auto whole = body_of(get("/sized"));
  ASSERT_EQ(whole.size(), kTotal);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    ASSERT_EQ(static_cast<unsigned char>(whole[i]), static_cast<unsigned char>(i)) << i;
  }
  // HTTP/1.0 knows no chunks: the end of the connection ends the body.
  auto old = get("/small", "1.0");
  EXPECT_EQ(header_of(old, "Transfer-Encoding"), "");
  EXPECT_EQ(body_of(old).size(), 10u);
}

TEST_F(HttpdStreaming, TheConnectionIsUsedAgain) {
  RawClient client(server_.address());
  for (int i = 0; i < 2; ++i) {
    client.send("GET /empty_sized HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(client.receive_answer()), 200);
  }
  client.send("HEAD /sized HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  auto head = client.receive_answer(false);
  EXPECT_EQ(header_of(head, "Content-Length"), std::to_string(kTotal));
  EXPECT_EQ(body_of(client.receive_answer()), "hello");
}

TEST_F(HttpdStreaming, AFailureBeforeTheFirstByteIsAnError) {
  auto answer = get("/fails_at_once");
  EXPECT_EQ(status_of(answer), 503);
  EXPECT_NE(body_of(answer).find("\"code\":\"unavailable\""), std::string::npos);
  EXPECT_EQ(answer.find("store is gone"), std::string::npos);
}

TEST_F(HttpdStreaming, AFailureLaterCutsTheConnection) {
  auto chunked = get("/fails_late");
  EXPECT_EQ(status_of(chunked), 200);
  EXPECT_FALSE(chunked.ends_with("0\r\n\r\n"));
  auto sized = get("/fails_late_sized");
  EXPECT_LT(body_of(sized).size(), 2'000'000u);
  auto truncated = get("/too_short");
  EXPECT_EQ(header_of(truncated, "Content-Length"), "200");
  EXPECT_LT(body_of(truncated).size(), 200u);
  EXPECT_EQ(body_of(get("/too_long")).size(), 200u);
  await_destroyed(4);
}

// Promise: a client that does not read holds back its own stream and nobody else's.
TEST_F(HttpdStreaming, BackPressure) {
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 8; ++i) {
    slow.push_back(std::make_unique<RawClient>(server_.address(), 4096));
    slow.back()->send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  std::uint64_t before = 1;
  while (before != watch_->read) {
    before = watch_->read;
    ::usleep(300'000);
  }
  EXPECT_LT(watch_->read, 8u * (16u << 20));
  RawClient other(server_.address());
  other.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(other.receive_answer()), 200);
  EXPECT_EQ(watch_->destroyed, 0);
  for (auto& client : slow) client->abort();
  await_destroyed(8);
}

TEST_F(HttpdStreaming, ClientsThatGoAwayEndTheirStreams) {
  for (int i = 0; i < 50; ++i) {
    RawClient client(server_.address());
    client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
    if (i % 2 == 0) client.receive();
    if (i % 3 == 0) client.abort();
  }
  await_destroyed(50);
  RawClient other(server_.address());
  other.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(other.receive_answer()), 200);
}

TEST_F(HttpdStreaming, AServerThatStopsDropsItsStreams) {
  RawClient client(server_.address());
  client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
  client.receive();
  server_.server().stop(std::chrono::milliseconds(50));
  EXPECT_EQ(watch_->destroyed, 1);
}

}  // namespace
}  // namespace trailkeeper::httpd
