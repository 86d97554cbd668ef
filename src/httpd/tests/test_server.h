#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>

#include "httpd/router.h"
#include "httpd/server.h"

namespace trailkeeper::httpd {

inline Response text_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.set("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

// A server on a free port with a few routes; tests add their own before it starts.
class TestServer {
 public:
  using Prepare = std::function<void(ServerSettings&, Router&)>;
  explicit TestServer(const Prepare& prepare = {}) {
    ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    settings.pool_threads = 4;
    router_.add("GET", "/hello",
                [](Request, Responder responder) { responder.send(text_response(200, "hello")); });
    router_.add("POST", "/echo",
                [](Request request, Responder responder) {
                  responder.send(text_response(200, std::move(request.body)));
                },
                {.body_bytes_max = 1 << 20});
    router_.add("POST", "/spool",
                [](Request request, Responder responder) {
                  std::string text(1 << 20, '\0');
                  auto got = ::read(request.body_file.get(), text.data(), text.size());
                  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
                  responder.send(text_response(200, "file:" + text));
                },
                {.body_bytes_max = 1 << 20, .spool = true});
    if (prepare) prepare(settings, router_);
    auto made = Server::create(settings, router_);
    if (!made) {
      ADD_FAILURE() << made.error().message;
      return;
    }
    server_ = std::move(*made);
    server_->start();
  }
  ~TestServer() {
    if (server_) server_->stop(std::chrono::milliseconds(0));
  }

  Server& server() { return *server_; }
  std::string address() const { return server_->address(); }

 private:
  Router router_;
  std::unique_ptr<Server> server_;
};

}  // namespace trailkeeper::httpd
