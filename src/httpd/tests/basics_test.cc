#include <gtest/gtest.h>

#include "raw_client.h"
#include "test_server.h"

namespace trailkeeper::httpd {
namespace {

TEST(HttpdBasics, AnswersAndKeepsTheConnection) {
  TestServer server;
  RawClient client(server.address());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    auto answer = client.receive_answer();
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_EQ(body_of(answer), "hello");
    EXPECT_EQ(header_of(answer, "X-Request-Id").size(), 16u);
    EXPECT_FALSE(header_of(answer, "Date").empty());
  }
}

TEST(HttpdBasics, EchoesBodiesInAllFraming) {
  TestServer server;
  RawClient client(server.address());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde");
  EXPECT_EQ(body_of(client.receive_answer()), "abcde");
  client.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n");
  EXPECT_EQ(body_of(client.receive_answer()), "abcde");
  client.send("POST /spool HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde");
  EXPECT_EQ(body_of(client.receive_answer()), "file:abcde");
  client.send("POST /spool HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(body_of(client.receive_answer()), "file:");
}

}  // namespace
}  // namespace trailkeeper::httpd
