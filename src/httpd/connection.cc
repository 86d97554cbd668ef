// How requests come in; connection_answer.cc has how answers go out.
#include "connection.h"

#include <algorithm>
#include <cstring>

#include "exchange.h"
#include "text.h"

namespace trailkeeper::httpd {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kHeadRead = 8 * 1024;
constexpr std::size_t kBodyRead = 64 * 1024;
// A body that nobody wants is read to keep the connection when it is no larger.
constexpr std::uint64_t kDiscardMax = 64 * 1024;
constexpr std::uint64_t kBodyBytesPerSecondMin = 1024;
// While the server stops, a client that just connected still gets this long to ask.
constexpr milliseconds kLastChance{1000};

std::shared_ptr<const Request> summarise(const Request& request) {
  auto summary = std::make_shared<Request>();
  summary->method = request.method;
  summary->target = request.target;
  summary->path = request.path;
  summary->parameters = request.parameters;
  summary->query = request.query;
  summary->headers = request.headers;
  summary->peer = request.peer;
  summary->request_id = request.request_id;
  return summary;
}

}  // namespace

void Connection::Input::make_room(std::size_t least) {
  if (begin == end) begin = end = 0;
  if (bytes.size() - end >= least) return;
  if (begin > 0) {
    std::memmove(bytes.data(), bytes.data() + begin, end - begin);
    end -= begin;
    begin = 0;
  }
  if (bytes.size() - end < least) bytes.resize(end + least);
}

void Connection::Input::consume(std::size_t size) {
  begin += size;
  if (begin == end) begin = end = 0;
}

Connection::Connection(std::shared_ptr<IoThread> io, std::unique_ptr<Stream> stream,
                       std::string peer)
    : io_(std::move(io)),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      reader_({settings().header_bytes_max, settings().target_bytes_max}) {}

Connection::~Connection() = default;

void Connection::set_deadline(milliseconds from_now) { deadline_ = steady_clock::now() + from_now; }

void Connection::start() {
  set_deadline(stopping() ? kLastChance : milliseconds(settings().header_timeout));
  if (stream_->start_handshake(shared_from_this())) return;
  state_ = State::head;
  run();
}

void Connection::on_handshake(error_code ec) {
  if (state_ == State::closed) return;
  if (ec) return close();
  state_ = State::head;
  run();
}

void Connection::run() {
  if (running_) return;
  running_ = true;
  auto self = shared_from_this();
  bool more = true;
  while (more) {
    switch (state_) {
      case State::head:
        more = step_head();
        break;
      case State::body:
        more = step_body();
        break;
      case State::writing:
        more = step_write();
        break;
      case State::lingering:
        more = step_linger();
        break;
      default:
        more = false;
    }
  }
  running_ = false;
}

void Connection::await_input() {
  if (reading_) return;
  if (input_ended_) return close();
  auto size = state_ == State::head ? kHeadRead : kBodyRead;
  in_.make_room(size);
  reading_ = true;
  stream_->read(in_.bytes.data() + in_.end, in_.bytes.size() - in_.end, shared_from_this());
}

void Connection::on_read(error_code ec, std::size_t size) {
  reading_ = false;
  if (state_ == State::closed) return;
  if (ec || size == 0) {
    input_ended_ = true;
    if (state_ != State::answering && state_ != State::writing) close();
    return;
  }
  in_.end += size;
  run();
}

void Connection::enter_head() {
  reader_.reset();
  match_ = {};
  request_ = {};
  body_ = {};
  answer_ = {};
  refusal_ = {};
  head_begun_ = false;
  keep_alive_ = true;
  if (in_.empty() && in_.bytes.size() > 2 * kHeadRead) in_ = {};
  state_ = State::head;
  set_deadline(settings().idle_timeout);
  if (stopping()) begin_stop();
}

bool Connection::step_head() {
  if (in_.empty()) {
    await_input();
    return false;
  }
  if (!head_begun_) {
    head_begun_ = true;
    // The first request's time counts from the connection's start, so that dribbling it gains
    // nothing.
    if (served_ > 0) set_deadline(settings().header_timeout);
  }
  auto step = reader_.read_head(in_.unread());
  in_.consume(step.consumed);
  if (step.status == RequestReader::Status::need_more) {
    await_input();
    return false;
  }
  if (step.status == RequestReader::Status::refused) {
    answer_directly(reader_.refusal(), false);
  } else {
    take_head();
  }
  return true;
}

void Connection::take_head() {
  auto& head = reader_.head();
  began_ = steady_clock::now();
  keep_alive_ = head.keep_alive;
  request_.request_id = make_request_id();
  request_.peer = peer_;
  auto query = parse_query(head.query);
  request_.method = std::move(head.method);
  request_.target = std::move(head.target);
  request_.path = std::move(head.path);
  request_.headers = std::move(head.headers);
  match_ = io_->core().router->match(request_.method, request_.path);
  request_.parameters = std::move(match_.parameters);
  auto refusal = route_request();
  if (refusal.status == 0 && !query) {
    refusal = {400, "bad_query", "The query is not valid percent-encoded UTF-8."};
  }
  if (refusal.status != 0) return refuse_early(refusal);
  request_.query = std::move(*query);
  const auto& options = match_.route->options;
  auto& core = io_->core();
  body_ = BodyStore(&core.body_bytes, settings().bodies_bytes_max, options.body_bytes_max,
                    options.spool);
  if (reader_.body_complete()) return dispatch();
  begin_body();
  if (head.expects_continue && in_.empty()) {
    sending_continue_ = true;
    write_pieces("HTTP/1.1 100 Continue\r\n\r\n", {});
  }
}

// What the request line and headers alone decide.
Refusal Connection::route_request() {
  if (match_.bad_path) {
    return {400, "bad_path", "The path is not valid percent-encoded UTF-8."};
  }
  if (!match_.route) {
    if (match_.allowed.empty()) return {404, "not_found", "There is nothing at this address."};
    return {405, "method_not_allowed", "This address does not take that method."};
  }
  if (reader_.head().content_length.value_or(0) > match_.route->options.body_bytes_max) {
    return {413, "body_too_large", "The body of the request is too large for this address."};
  }
  return {};
}

// Answers without the body. A short one is read first, so that the connection lives on; otherwise
// it ends with the answer.
void Connection::refuse_early(const Refusal& refusal) {
  auto& head = reader_.head();
  if (!head.has_body()) return answer_directly(refusal, keep_alive_);
  bool is_short = head.content_length && *head.content_length <= kDiscardMax;
  if (!is_short || head.expects_continue) return answer_directly(refusal, false);
  refusal_ = refusal;
  body_ = BodyStore(nullptr, 0, kDiscardMax, false);
  body_.discard();
  begin_body();
}

void Connection::begin_body() {
  state_ = State::body;
  body_began_ = steady_clock::now();
  extend_body_deadline();
}

void Connection::extend_body_deadline() {
  const auto timeout = settings().body_timeout;
  auto slowest = body_began_ + timeout + seconds(body_.size() / kBodyBytesPerSecondMin);
  deadline_ = std::min(steady_clock::now() + timeout, slowest);
}

bool Connection::store(std::string_view piece) {
  switch (body_.append(piece)) {
    case BodyStore::Outcome::stored:
      return true;
    case BodyStore::Outcome::too_large:
      refusal_ = {413, "body_too_large", "The body of the request is too large for this address."};
      return false;
    case BodyStore::Outcome::no_memory:
      refusal_ = {503, "overloaded", "Too much is being sent at once; try again shortly."};
      return false;
  }
  return false;
}

bool Connection::step_body() {
  if (in_.empty()) {
    await_input();
    return false;
  }
  auto step = reader_.read_body(in_.unread(), [this](std::string_view p) { return store(p); });
  in_.consume(step.consumed);
  switch (step.status) {
    case RequestReader::Status::need_more:
      extend_body_deadline();
      await_input();
      return false;
    case RequestReader::Status::stopped:
      answer_directly(refusal_, false);
      return true;
    case RequestReader::Status::refused:
      answer_directly(reader_.refusal(), false);
      return true;
    case RequestReader::Status::complete:
      break;
  }
  if (refusal_.status != 0) {
    answer_directly(refusal_, keep_alive_);
  } else {
    dispatch();
  }
  return true;
}

void Connection::dispatch() {
  if (body_.spools()) {
    request_.body_file = body_.take_file();
  } else {
    request_.body = body_.take_text();
  }
  summary_ = summarise(request_);
  state_ = State::answering;
  deadline_ = Instant::max();
  Exchange::Terms terms{.head = request_.method == "HEAD",
                        .http11 = reader_.head().http11,
                        .keep_alive = keep_alive_};
  auto exchange =
      std::make_shared<Exchange>(io_, shared_from_this(), summary_, terms, body_.take_budget());
  const auto& is_quick = match_.route->options.is_quick;
  const bool run_here = is_quick && is_quick(request_);
  std::unique_ptr<Job> job =
      std::make_unique<HandlerJob>(match_.route->handler, std::move(request_), Responder(exchange));
  if (run_here) return job->run();
  if (io_->core().pool->try_post(job)) return;
  exchange->revoke();
  answer_directly({503, "overloaded", "Too many requests are waiting; try again shortly."},
                  keep_alive_);
}

void Connection::answer_directly(const Refusal& refusal, bool keep_alive) {
  if (!summary_) {
    if (request_.request_id.empty()) {
      request_.request_id = make_request_id();
      request_.peer = peer_;
      began_ = steady_clock::now();
    }
    summary_ = summarise(request_);
  }
  state_ = State::answering;
  deadline_ = Instant::max();
  auto response = make_problem(settings(), refusal.status, refusal.code, refusal.detail, *summary_);
  if (refusal.status == 405) {
    std::string allowed;
    for (const auto& method : match_.allowed) allowed += (allowed.empty() ? "" : ", ") + method;
    response.set("Allow", allowed);
  }
  AnswerContext context{.request_id = summary_->request_id,
                        .head = summary_->method == "HEAD",
                        .http11 = reader_.head().http11,
                        .keep_alive = keep_alive && !stopping()};
  on_answer(render(std::move(response), context, settings()));
}

}  // namespace trailkeeper::httpd
