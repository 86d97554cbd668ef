#include "send_wire.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include "compress/gzip.h"

namespace trailkeeper::cli {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds kFirstPause{250};
constexpr milliseconds kPauseMax{30'000};
constexpr milliseconds kLook{50};

bool is_final(int status) { return status != 429 && status != 408 && status < 500; }

// Whether nothing of the request can have been carried out.
bool was_never_sent(const Error& error) {
  return error.code == "resolve" || error.code == "connect" || error.code == "tls";
}

std::string describe(const Result<httpc::Response>& answer, milliseconds pause) {
  const std::string what = answer ? "the server answered " + std::to_string(answer->status)
                                  : "no answer (" + answer.error().message + ")";
  const auto tenths = pause.count() / 100;
  return what + "; trying again in " + std::to_string(tenths / 10) + "." +
         std::to_string(tenths % 10) + " s";
}

}  // namespace

Wire::Wire(WireSettings settings, std::function<void(const std::string&)> say,
           std::function<bool()> stopping)
    : settings_(std::move(settings)), say_(std::move(say)), stopping_(std::move(stopping)) {}

// What the server asks for, or twice as long each time; with jitter, so that many senders do not
// come back at once.
milliseconds Wire::pause(int tries, const httpc::Response* answer) {
  milliseconds pause = std::min(kPauseMax, kFirstPause * (1 << std::min(tries, 10)));
  const auto header = answer != nullptr ? answer->header("retry-after") : std::nullopt;
  if (header) {
    int seconds = 0;
    const auto [end, problem] =
        std::from_chars(header->data(), header->data() + header->size(), seconds);
    if (problem == std::errc() && seconds > 0)
      pause = std::chrono::seconds(std::min(seconds, 3600));
  }
  std::uniform_int_distribution<std::int64_t> jitter(0, pause.count() / 2);
  return pause + milliseconds(jitter(random_));
}

bool Wire::sleep(milliseconds time) const {
  const auto until = Steady::now() + time;
  while (Steady::now() < until) {
    if (stopping_()) return false;
    std::this_thread::sleep_for(std::min<milliseconds>(
        kLook, std::chrono::duration_cast<milliseconds>(until - Steady::now()) + milliseconds(1)));
  }
  return !stopping_();
}

Result<WireAnswer> Wire::send(const std::string& body, const std::string& idempotency_key) {
  httpc::Request request;
  request.method = "POST";
  request.url = settings_.url + "/v1/events";
  request.ca_file = settings_.ca_file;
  request.total_timeout = std::chrono::seconds(120);
  request.stall_timeout = std::chrono::seconds(60);
  request.headers = {{"Authorization", "Bearer " + settings_.key},
                     {"Content-Type", "application/x-ndjson"},
                     {"Idempotency-Key", idempotency_key}};
  if (settings_.gzip) request.headers.emplace_back("Content-Encoding", "gzip");
  request.body = settings_.gzip ? compress::gzip(body, 1) : body;

  const auto give_up = Steady::now() + settings_.patience;
  in_doubt_ = false;
  for (int tries = 0;; ++tries) {
    const auto answer = client_.send(request);
    if (answer && is_final(answer->status)) {
      in_doubt_ = false;
      return WireAnswer{answer->status, std::move(answer->body)};
    }
    if (!answer && answer.error().kind != ErrorKind::unavailable) return answer.error();
    // 429 and 503 say that nothing was stored; other failures say nothing.
    const bool refused = answer && (answer->status == 429 || answer->status == 503);
    in_doubt_ = in_doubt_ || (!refused && (answer || !was_never_sent(answer.error())));
    const milliseconds wait = pause(tries, answer ? &*answer : nullptr);
    const std::string sentence = describe(answer, wait);
    if (Steady::now() + wait > give_up) {
      return Error{ErrorKind::unavailable, "no_patience", sentence.substr(0, sentence.find(';'))};
    }
    say_(sentence);
    ++retries_;
    if (!sleep(wait)) return Error{ErrorKind::unavailable, "stopped", "interrupted"};
  }
}

}  // namespace trailkeeper::cli
