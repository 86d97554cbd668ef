#include "httpc/client.h"

#include <gtest/gtest.h>

#include "httpd/router.h"
#include "httpd/server.h"

namespace trailkeeper::httpc {
namespace {

TEST(HttpcClient, Basics) {
  httpd::Router router;
  router.add("PUT", "/echo", [](httpd::Request request, httpd::Responder responder) {
    httpd::Response response;
    response.set("X-Seen", std::string(request.header("x-in").value_or("")));
    response.body = request.body;
    responder.send(std::move(response));
  });
  auto server = httpd::Server::create({.listen = "127.0.0.1:0"}, router);
  ASSERT_TRUE(server);
  (*server)->start();
  Client client;
  for (int i = 0; i < 3; ++i) {
    auto answer = client.send({.method = "PUT",
                               .url = "http://" + (*server)->address() + "/echo",
                               .headers = {{"X-In", "7"}},
                               .body = "body"});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "body");
    EXPECT_EQ(answer->header("x-seen"), "7");
  }
  (*server)->stop(std::chrono::milliseconds(100));
}

}  // namespace
}  // namespace trailkeeper::httpc
