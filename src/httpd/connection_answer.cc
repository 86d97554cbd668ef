// How answers go out, and how a connection ends.
#include <algorithm>

#include "base/log.h"
#include "connection.h"
#include "exchange.h"

namespace trailkeeper::httpd {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// A client that is still sending when its answer is there must be able to read it: closing at once
// would make the kernel throw the answer away (RFC 9112 section 9.6). So what it sends is read and
// dropped for a while.
constexpr milliseconds kLingerPause{2000};
constexpr milliseconds kLingerPauseStopping{300};
constexpr milliseconds kLingerTotal{15000};
constexpr std::uint64_t kLingerBytes = 256u << 20;
constexpr milliseconds kLastChance{1000};

}  // namespace

void Connection::on_answer(Answer answer) {
  if (state_ != State::answering) {
    if (answer.source) {
      io_->core().pool->post(std::make_unique<DropJob>(
          std::make_unique<Streamer>(std::move(answer.source), answer.length, false)));
    }
    return;
  }
  answer_ = std::move(answer);
  ++served_;
  bytes_sent_ = 0;
  head_sent_ = false;
  streaming_ = answer_.source != nullptr;
  if (streaming_) {
    streamer_ =
        std::make_unique<Streamer>(std::move(answer_.source), answer_.length, answer_.chunked);
    ask_for_piece();
  } else {
    write_pieces(answer_.head, answer_.body);
  }
  run();
}

void Connection::ask_for_piece() {
  state_ = State::answering;
  deadline_ = Instant::max();
  io_->core().pool->post(std::make_unique<FillJob>(io_, shared_from_this(), std::move(streamer_)));
}

void Connection::on_piece(std::unique_ptr<Streamer> streamer, Result<> filled) {
  streamer_ = std::move(streamer);
  if (state_ != State::answering) return drop_streamer();
  if (!filled) {
    fail_stream(filled.error());
  } else {
    write_pieces(head_sent_ ? std::string_view{} : std::string_view(answer_.head),
                 streamer_->piece());
    head_sent_ = true;
  }
  run();
}

// Nothing was sent yet: a plain error. Otherwise only cutting the connection tells the client that
// a part is missing.
void Connection::fail_stream(const Error& error) {
  log::error("a response body could not be read",
             {{"request_id", summary_->request_id}, {"reason", error.message}});
  if (head_sent_) return close();
  drop_streamer();
  streaming_ = false;
  bool later = error.kind == ErrorKind::unavailable || error.kind == ErrorKind::limited;
  auto response = make_problem(
      settings(), later ? 503 : 500, later ? "unavailable" : "internal",
      "The answer could not be made; the request id finds the reason in the log.", *summary_);
  AnswerContext context{.request_id = summary_->request_id,
                        .head = summary_->method == "HEAD",
                        .http11 = reader_.head().http11,
                        .keep_alive = answer_.keep_alive};
  answer_ = render(std::move(response), context, settings());
  write_pieces(answer_.head, answer_.body);
}

void Connection::write_pieces(std::string_view first, std::string_view second) {
  out_ = {first, second};
  state_ = State::writing;
  set_deadline(settings().write_timeout);
}

void Connection::advance(std::size_t size) {
  bytes_sent_ += size;
  for (auto& piece : out_) {
    auto part = std::min(size, piece.size());
    piece.remove_prefix(part);
    size -= part;
  }
}

bool Connection::step_write() {
  if (writing_) return false;
  while (!out_[0].empty() || !out_[1].empty()) {
    error_code ec;
    auto size = stream_->write_now(out_, ec);
    if (ec) {
      close();
      return false;
    }
    advance(size);
    if (size > 0) continue;
    writing_ = true;
    set_deadline(settings().write_timeout);
    stream_->write(out_, shared_from_this());
    return false;
  }
  written_all();
  return true;
}

void Connection::on_written(error_code ec, std::size_t size) {
  writing_ = false;
  if (state_ == State::closed) return;
  if (ec) return close();
  advance(size);
  run();
}

void Connection::written_all() {
  if (sending_continue_) {
    sending_continue_ = false;
    return begin_body();
  }
  if (!streaming_) return end_answer();
  if (!streamer_->finished()) return ask_for_piece();
  drop_streamer();
  end_answer();
}

void Connection::end_answer() {
  report();
  if (answer_.keep_alive && reader_.body_complete()) {
    enter_head();
  } else {
    linger();
  }
}

void Connection::report() {
  auto summary = std::exchange(summary_, nullptr);
  if (!summary || !settings().on_answer) return;
  auto head = std::min<std::uint64_t>(bytes_sent_, answer_.head.size());
  auto spent = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - began_);
  settings().on_answer(*summary, match_.route, answer_.status, bytes_sent_ - head, spent);
}

void Connection::drop_streamer() {
  if (streamer_) io_->core().pool->post(std::make_unique<DropJob>(std::move(streamer_)));
}

void Connection::linger() {
  stream_->end_writing();
  state_ = State::lingering;
  linger_until_ = steady_clock::now() + kLingerTotal;
}

bool Connection::step_linger() {
  lingered_bytes_ += in_.unread().size();
  in_.consume(in_.unread().size());
  auto now = steady_clock::now();
  if (input_ended_ || now > linger_until_ || lingered_bytes_ > kLingerBytes) {
    close();
    return false;
  }
  deadline_ = std::min(now + (stopping() ? kLingerPauseStopping : kLingerPause), linger_until_);
  await_input();
  return false;
}

void Connection::on_deadline() {
  switch (state_) {
    case State::answering:
      return;
    case State::head:
      if (!head_begun_) return close();
      return answer_directly({408, "request_timeout", "The request's headers came too slowly."},
                             false);
    case State::body:
      return answer_directly({408, "request_timeout", "The request's body came too slowly."},
                             false);
    default:
      return close();
  }
}

// A connection that waits is closed unless a request is on its way; one at work closes with its
// answer.
void Connection::begin_stop() {
  if (state_ == State::lingering) {
    deadline_ = std::min(deadline_, steady_clock::now() + kLingerPauseStopping);
  }
  if (state_ != State::head || head_begun_ || !in_.empty()) return;
  if (served_ > 0 && !stream_->has_unread()) return close();
  set_deadline(kLastChance);
}

void Connection::close() {
  if (state_ == State::closed) return;
  auto self = shared_from_this();
  bool answering = state_ == State::answering || state_ == State::writing;
  state_ = State::closed;
  deadline_ = Instant::max();
  stream_->close();
  drop_streamer();
  if (answering && answer_.status != 0) report();
  io_->remove(self);
}

}  // namespace trailkeeper::httpd
