#pragma once

#include <atomic>
#include <memory>

#include "body_store.h"
#include "connection.h"

namespace trailkeeper::httpd {

// Brings a handler's answer back to its connection, from any thread and even after the server has
// gone.
class Exchange final : public Responder::Target {
 public:
  struct Terms {
    bool head = false;
    bool http11 = true;
    bool keep_alive = true;
  };
  Exchange(std::shared_ptr<IoThread> io, std::shared_ptr<Connection> connection,
           std::shared_ptr<const Request> summary, Terms terms, BodyBudget budget);
  void send(Response response) override;
  void abandoned() override;
  // The connection answers itself; whatever still comes is dropped.
  void revoke() { revoked_.store(true); }

 private:
  const std::shared_ptr<IoThread> io_;
  const std::shared_ptr<Connection> connection_;
  const std::shared_ptr<const Request> summary_;
  const Terms terms_;
  const BodyBudget budget_;
  std::atomic<bool> revoked_{false};
};

// Runs a route's handler.
class HandlerJob final : public Job {
 public:
  HandlerJob(const Handler& handler, Request request, Responder responder)
      : handler_(handler), request_(std::move(request)), responder_(std::move(responder)) {}
  void run() override;

 private:
  const Handler& handler_;
  Request request_;
  Responder responder_;
};

// Reads the next piece of a body.
class FillJob final : public Job {
 public:
  FillJob(std::shared_ptr<IoThread> io, std::shared_ptr<Connection> connection,
          std::unique_ptr<Streamer> streamer)
      : io_(std::move(io)), connection_(std::move(connection)), streamer_(std::move(streamer)) {}
  void run() override;

 private:
  std::shared_ptr<IoThread> io_;
  std::shared_ptr<Connection> connection_;
  std::unique_ptr<Streamer> streamer_;
};

// Destroys a body's source where it may block.
class DropJob final : public Job {
 public:
  explicit DropJob(std::unique_ptr<Streamer> streamer) : streamer_(std::move(streamer)) {}
  void run() override { streamer_.reset(); }

 private:
  std::unique_ptr<Streamer> streamer_;
};

}  // namespace trailkeeper::httpd
