#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "body_store.h"
#include "io_thread.h"
#include "reader.h"
#include "stream.h"

namespace trailkeeper::httpd {

// One connection: reads requests one after the other and writes their answers in that order.
// Everything runs on its io thread. Other threads reach it only through IoThread::post.
class Connection final : public StreamEvents, public std::enable_shared_from_this<Connection> {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  Connection(std::shared_ptr<IoThread> io, std::unique_ptr<Stream> stream, std::string peer);
  ~Connection() override;

  void start();
  void on_answer(Answer answer);
  void on_piece(std::unique_ptr<Streamer> streamer, Result<> filled);
  void on_deadline();
  void begin_stop();
  void close();

  // Waiting for another request.
  bool idle() const { return state_ == State::head && served_ > 0 && in_.empty(); }
  Instant deadline() const { return deadline_; }

  void on_handshake(error_code ec) override;
  void on_read(error_code ec, std::size_t size) override;
  void on_written(error_code ec, std::size_t size) override;

 private:
  enum class State { handshake, head, body, answering, writing, lingering, closed };

  // Bytes that arrived and were not used yet.
  struct Input {
    std::vector<char> bytes;
    std::size_t begin = 0;
    std::size_t end = 0;
    bool empty() const { return begin == end; }
    std::string_view unread() const { return {bytes.data() + begin, end - begin}; }
    void make_room(std::size_t least);
    void consume(std::size_t size);
  };

  const ServerSettings& settings() const { return io_->core().settings; }
  bool stopping() const { return io_->core().stopping.load(std::memory_order_relaxed); }
  void set_deadline(std::chrono::milliseconds from_now);

  // Each step says whether the next can be made at once.
  void run();
  bool step_head();
  bool step_body();
  bool step_write();
  bool step_linger();

  void await_input();
  void enter_head();
  void take_head();
  Refusal route_request();
  void refuse_early(const Refusal& refusal);
  bool store(std::string_view piece);
  void extend_body_deadline();
  void begin_body();
  void end_body();
  void dispatch();
  void answer_directly(const Refusal& refusal, bool keep_alive);
  Response problem(const Refusal& refusal);
  void write_pieces(std::string_view first, std::string_view second);
  void ask_for_piece();
  void fail_stream(const Error& error);
  void advance(std::size_t size);
  void written_all();
  void end_answer();
  void report();
  void drop_streamer();
  void linger();

  const std::shared_ptr<IoThread> io_;
  std::unique_ptr<Stream> stream_;
  const std::string peer_;
  State state_ = State::handshake;
  Instant deadline_ = Instant::max();
  bool reading_ = false;
  bool writing_ = false;
  bool running_ = false;
  bool input_ended_ = false;
  bool head_begun_ = false;
  std::uint64_t served_ = 0;
  Input in_;
  RequestReader reader_;

  // The present request.
  Match match_;
  Request request_;
  BodyStore body_;
  Refusal refusal_;  // decided before or while the body was read
  bool keep_alive_ = true;
  bool sending_continue_ = false;
  Instant began_{};
  Instant body_began_{};
  std::shared_ptr<const Request> summary_;

  // The present answer.
  Answer answer_;
  std::unique_ptr<Streamer> streamer_;
  bool streaming_ = false;
  bool head_sent_ = false;
  Stream::Pieces out_{};
  std::uint64_t bytes_sent_ = 0;
  Instant linger_until_{};
  std::uint64_t lingered_bytes_ = 0;
};

}  // namespace trailkeeper::httpd
