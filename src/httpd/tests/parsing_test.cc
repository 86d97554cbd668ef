// Promise 8: bad input gets a clear 4xx and changes nothing.
#include <gtest/gtest.h>

#include <atomic>

#include "raw_client.h"
#include "reader.h"
#include "test_server.h"
#include "text.h"

namespace trailkeeper::httpd {
namespace {

struct Bad {
  const char* what;
  std::string bytes;
  int status;
};

std::vector<Bad> bad_requests() {
  const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  const std::string get = "GET /hello HTTP/1.1\r\nHost: x\r\n";
  return {
      {"two lengths", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400},
      {"conflicting lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
      {"list of lengths", post + "Content-Length: 5, 6\r\n\r\nhello", 400},
      {"length and coding",
       post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"coding and length",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {"negative length", post + "Content-Length: -1\r\n\r\n", 400},
      {"plus length", post + "Content-Length: +5\r\n\r\nhello", 400},
      {"hex length", post + "Content-Length: 0x5\r\n\r\nhello", 400},
      {"length with blank", post + "Content-Length: 5 5\r\n\r\nhello", 400},
      {"empty length", post + "Content-Length:\r\n\r\n", 400},
      {"overflowing length", post + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {"blank before colon", post + "Content-Length : 5\r\n\r\nhello", 400},
      {"blank before coding's colon", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
      {"two codings",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"coding twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 501},
      {"identity coding", post + "Transfer-Encoding: identity\r\n\r\n", 501},
      {"gzip coding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"coding with tab garbage",
       post + "Transfer-Encoding: \x0b"
              "chunked\r\n\r\n0\r\n\r\n",
       400},
      {"xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
      {"coding in HTTP/1.0",
       "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"bare LF", "GET /hello HTTP/1.1\nHost: x\n\n", 400},
      {"bare LF after a header", "GET /hello HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", 400},
      {"bare CR in a header", get + "X: a\rb\r\n\r\n", 400},
      {"NUL in a header", get + std::string("X: a\0b\r\n\r\n", 10), 400},
      {"blank in a name", get + "X Y: a\r\n\r\n", 400},
      {"no colon", get + "XY\r\n\r\n", 400},
      {"empty name", get + ": a\r\n\r\n", 400},
      {"no host", "GET /hello HTTP/1.1\r\n\r\n", 400},
      {"two hosts", get + "Host: y\r\n\r\n", 400},
      {"no version", "GET /hello\r\nHost: x\r\n\r\n", 400},
      {"version 2", "GET /hello HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"lower-case version", "GET /hello http/1.1\r\nHost: x\r\n\r\n", 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"two blanks", "GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"relative target", "GET hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"authority", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"fragment", "GET /hello#x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"raw UTF-8", "GET /h\xC3\xA9 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"backslash", "GET /a\\b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"bad method", "G(T /hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"TLS on a plain port",
       std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400},
      {"bad query escape", "GET /hello?q=%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"NUL in the query", "GET /hello?q=%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"bad UTF-8 in the query", "GET /hello?q=%FF HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"unknown expectation", post + "Expect: 200-ok\r\nContent-Length: 1\r\n\r\nx", 417},
      {"no chunk size", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
      {"negative chunk", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400},
      {"chunk size overflow", post + "Transfer-Encoding: chunked\r\n\r\n1000000000000000000\r\n",
       400},
      {"no CRLF after a chunk", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcX0\r\n\r\n", 400},
      {"LF chunk line", post + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400},
      {"0x chunk size", post + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400},
      {"endless chunk extension",
       post + "Transfer-Encoding: chunked\r\n\r\n3;" + std::string(200'000, 'x'), 400},
      {"length in the trailer",
       post + "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 3\r\n\r\n", 400},
      {"endless trailer",
       post + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(200'000, 'x'), 400},
  };
}

// After each bad request the connection must end: what follows could be read as another request by
// someone.
TEST(HttpdParsing, WhatCouldBeReadTwoWaysIsRefusedAndEndsTheConnection) {
  std::atomic<int> smuggled{0};
  TestServer server([&](ServerSettings&, Router& router) {
    router.add("GET", "/smuggled", [&](Request, Responder responder) {
      ++smuggled;
      responder.send(text_response(200, "smuggled"));
    });
  });
  for (const auto& one : bad_requests()) {
    RawClient client(server.address());
    client.send(one.bytes + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    client.end_sending();
    auto answer = client.receive_all();
    bool connection_lives = std::string_view(one.what).find("query") != std::string_view::npos;
    EXPECT_EQ(status_of(answer), one.status) << one.what << "\n" << answer;
    EXPECT_FALSE(header_of(answer, "X-Request-Id").empty()) << one.what;
    EXPECT_EQ(header_of(answer, "Content-Type"), "application/problem+json") << one.what;
    if (connection_lives) {
      EXPECT_EQ(smuggled.exchange(0), 1) << one.what;
      continue;
    }
    EXPECT_EQ(header_of(answer, "Connection"), "close") << one.what;
    EXPECT_EQ(answer.find("\r\nX-Request-Id"), answer.rfind("\r\nX-Request-Id")) << one.what << "\n"
                                                                                 << answer;
  }
  EXPECT_EQ(smuggled.load(), 0);
}

TEST(HttpdParsing, UnusualButRight) {
  TestServer server;
  const std::string good[] = {
      "\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET http://x/hello HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /hello?a=1&&b HTTP/1.1\r\nhost:x\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost:\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: x\r\nX-Empty:\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
      "GET /hello HTTP/1.0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n000\r\n\r\n",
  };
  for (const auto& bytes : good) {
    RawClient client(server.address());
    client.send(bytes);
    EXPECT_EQ(status_of(client.receive_answer()), 200) << bytes;
  }
}

TEST(HttpdParsing, Http10ClosesUnlessAskedNotTo) {
  TestServer server;
  RawClient client(server.address());
  client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  auto answer = client.receive_answer();
  EXPECT_EQ(header_of(answer, "Connection"), "keep-alive");
  client.send("GET /hello HTTP/1.0\r\n\r\n");
  answer = client.receive_all();
  EXPECT_EQ(header_of(answer, "Connection"), "close");
  EXPECT_EQ(body_of(answer), "hello");
}

// Whatever the pieces in which a request arrives, it is read alike; Beast's own assertions do not
// hold then.
TEST(HttpdParsing, AnyCutGivesTheSameRequest) {
  const std::string bytes =
      "\r\nPOST /a?b=c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;ext=1\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: v\r\n\r\n";
  const std::string next = "GET / HTTP/1.1\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    RequestReader reader({16384, 8192});
    std::string body;
    std::string pending;
    bool have_head = false;
    bool done = false;
    std::string all = bytes + next;
    std::size_t given = 0;
    while (!done) {
      ASSERT_LT(given, all.size()) << step;
      auto size = std::min(step, all.size() - given);
      pending += all.substr(given, size);
      given += size;
      if (!have_head) {
        auto result = reader.read_head(pending);
        pending.erase(0, result.consumed);
        ASSERT_NE(result.status, RequestReader::Status::refused) << step;
        have_head = result.status == RequestReader::Status::complete;
      }
      if (!have_head) continue;
      auto result = reader.read_body(pending, [&](std::string_view piece) {
        body += piece;
        return true;
      });
      pending.erase(0, result.consumed);
      ASSERT_NE(result.status, RequestReader::Status::refused) << step;
      done = result.status == RequestReader::Status::complete;
    }
    EXPECT_EQ(body, "hello0123456789") << step;
    EXPECT_EQ(reader.head().path, "/a");
    EXPECT_EQ(reader.head().query, "b=c");
    EXPECT_EQ(reader.head().headers.size(), 2u);
    EXPECT_EQ(pending + all.substr(given), next) << step;
  }
}

TEST(HttpdText, Queries) {
  auto pairs = parse_query("a=1&b=x+y%2B%26&c&=d&e=%C3%A9&&a=2");
  ASSERT_TRUE(pairs);
  QueryPairs expected = {{"a", "1"}, {"b", "x y+&"}, {"c", ""}, {"", "d"}, {"e", "é"}, {"a", "2"}};
  EXPECT_EQ(*pairs, expected);
  EXPECT_FALSE(parse_query("a=%4"));
  EXPECT_TRUE(parse_query("")->empty());
}

TEST(HttpdText, Cookies) {
  Request request;
  request.headers = {{"cookie", "a=1; sid=x=y;b=2"}, {"Cookie", " __Host-sid=z "}};
  EXPECT_EQ(request.cookie("sid"), "x=y");
  EXPECT_EQ(request.cookie("b"), "2");
  EXPECT_EQ(request.cookie("__Host-sid"), "z");
  EXPECT_EQ(request.cookie("id"), std::nullopt);
}

}  // namespace
}  // namespace trailkeeper::httpd
