#include "exchange.h"

#include <exception>

#include "base/log.h"

namespace trailkeeper::httpd {

Exchange::Exchange(std::shared_ptr<IoThread> io, std::shared_ptr<Connection> connection,
                   std::shared_ptr<const Request> summary, Terms terms, BodyBudget budget)
    : io_(std::move(io)),
      connection_(std::move(connection)),
      summary_(std::move(summary)),
      terms_(terms),
      budget_(std::move(budget)) {}

void Exchange::send(Response response) {
  if (revoked_.load()) return;
  auto& core = io_->core();
  AnswerContext context{.request_id = summary_->request_id,
                        .head = terms_.head,
                        .http11 = terms_.http11,
                        .keep_alive = terms_.keep_alive && !core.stopping.load()};
  io_->post(AnswerReady{connection_, render(std::move(response), context, core.settings)});
}

void Exchange::abandoned() {
  if (revoked_.load() || !io_->open())
    return;  // the server has gone, and with it what `problem` may refer to
  send(make_problem(io_->core().settings, 500, "internal",
                    "Something went wrong here; the request id finds it in the log.", *summary_));
}

void HandlerJob::run() {
  std::string id = request_.request_id;
  try {
    handler_(std::move(request_), std::move(responder_));
  } catch (const std::exception& e) {
    log::error("a request's handler threw", {{"request_id", id}, {"what", e.what()}});
  } catch (...) {
    log::error("a request's handler threw", {{"request_id", id}});
  }
}

void FillJob::run() {
  auto filled = streamer_->fill();
  io_->post(PieceReady{std::move(connection_), std::move(streamer_), std::move(filled)});
}

}  // namespace trailkeeper::httpd
