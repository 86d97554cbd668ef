#include "send_run.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "compress/gzip.h"
#include "crypto/hash.h"
#include "event/parse.h"
#include "json/document.h"
#include "json/lists.h"
#include "send_csv.h"
#include "send_jsonl.h"

namespace trailkeeper::cli {
namespace {

constexpr std::size_t kChunkBytesMax = 4u << 20;
constexpr std::size_t kPiece = 256 * 1024;
// For this long the server promises to know the key of a request again.
constexpr auto kKeyLifetime = std::chrono::hours(24);

Error usage(std::string message) { return {ErrorKind::invalid, "usage", std::move(message)}; }

Error stopped() { return {ErrorKind::unavailable, "stopped", "interrupted"}; }

bool is_gzip(int file) {
  unsigned char magic[2] = {};
  return ::pread(file, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

std::string describe_form(const SendOptions& options) {
  return options.csv ? std::string("csv") + options.separator + options.mapping.describe()
                     : "jsonl";
}

std::string detail_of(const WireAnswer& answer) {
  json::Document document;
  const auto root = document.parse(answer.body);
  const auto detail = root ? root->find("detail") : std::nullopt;
  return detail ? std::string(detail->text()) : "status " + std::to_string(answer.status);
}

// Whether an answer may be the fault of a single event among several.
bool may_be_of_one(int status) {
  return status == 400 || status == 404 || status == 413 || status == 422;
}

}  // namespace

SendRun::SendRun(SendOptions options, std::function<bool()> stopping)
    : options_(std::move(options)), stopping_(std::move(stopping)) {}

Result<> SendRun::check_state(const SendState& found) {
  const std::string way_out =
      "; --restart sends the file from its start (what was sent within the last 24 hours in the "
      "same requests is not stored twice), or remove " +
      options_.state_file;
  if (found.file != state_.file) {
    return usage(options_.file +
                 " is not the file that was being sent: its size, time or start "
                 "is another" +
                 way_out);
  }
  if (found.url != state_.url) {
    return usage(options_.file + " was being sent to " + found.url + way_out);
  }
  if (found.form != state_.form) {
    return usage("the format or the mapping is another than before" + way_out);
  }
  const auto age = found.pending_since ? WallClock().now() - *found.pending_since : Duration{};
  if (!found.finished && age > kKeyLifetime && !options_.resend_old) {
    return usage(
        "the run before ended more than 24 hours ago without an answer, so the events "
        "from line " +
        std::to_string(found.line + 1) +
        " on may be stored already: look whether they are, then go on with --resend-old, "
        "or send the rest as a file of its own");
  }
  return {};
}

Result<> SendRun::open_state() {
  state_.url = options_.wire.url;
  state_.form = describe_form(options_);
  state_.batch = options_.batch;
  if (options_.file != "-") state_.file = TRY(identify(options_.file));
  if (!options_.state_file.empty() && !options_.restart && !options_.dry_run &&
      ::access(options_.state_file.c_str(), F_OK) == 0) {
    auto found = parse_state(TRY(read_file(options_.state_file)));
    if (!found) return usage(options_.state_file + ": " + found.error().message);
    if (!found->untouched()) {
      TRY(check_state(*found));
      state_ = *std::move(found);
      summary_.resumed_after_line = state_.line;
      summary_.was_finished = state_.finished;
    }
  }
  rejects_ = TRY(Rejects::open(options_.rejected_file, state_.rejected_bytes));
  return {};
}

Result<> SendRun::note_state() {
  summary_.lines = state_.line;
  summary_.created = state_.created;
  summary_.duplicates = state_.duplicates;
  summary_.rejected = state_.rejected;
  if (options_.state_file.empty() || options_.dry_run) return {};
  return write_file_durably(options_.state_file, render_state(state_));
}

// Where nothing is in doubt, no time can make going on unsafe.
Result<> SendRun::forget_pending() {
  if (!untouched_) return {};
  state_.pending_since.reset();
  return note_state();
}

Result<> SendRun::run() {
  TRY(open_state());
  untouched_ = !state_.pending_since;
  if (untouched_) state_.pending_since = WallClock().now();
  TRY(note_state());
  if (summary_.was_finished) return {};
  FileDescriptor file(options_.file == "-" ? ::dup(STDIN_FILENO)
                                           : ::open(options_.file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error("open " + options_.file, errno);
  const bool packed = options_.file != "-" && is_gzip(file.get());
  progress_ = std::make_unique<Progress>(packed ? 0 : state_.file.size, options_.quiet);
  wire_ = std::make_unique<Wire>(
      options_.wire, [this](const std::string& why) { progress_->say(why); }, stopping_);
  if (options_.csv) {
    reader_ = std::make_unique<CsvEvents>(options_.mapping, options_.separator);
  } else {
    reader_ = std::make_unique<JsonLines>();
  }
  auto done = packed ? read_packed(options_.file, state_.file.size) : read_plain(file.get());
  summary_.retries = wire_->retries();
  if (!done) {
    TRY(forget_pending());
    return done;
  }
  progress_->show({state_.offset, events_here_, state_.rejected}, true);
  if (options_.file != "-" && TRY(identify(options_.file)) != state_.file) {
    return usage(options_.file + " changed while it was sent; its end may be missing");
  }
  state_.finished = true;
  state_.pending_since.reset();
  return note_state();
}

Result<> SendRun::read_plain(int file) {
  std::string piece(kPiece, '\0');
  for (;;) {
    if (stopping_()) return stopped();
    const ssize_t size = ::read(file, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return system_error("read " + options_.file, errno);
    if (size == 0) return pump({}, true);
    TRY(pump(std::string_view(piece).substr(0, static_cast<std::size_t>(size)), false));
  }
}

Result<> SendRun::read_packed(const std::string& path, std::uint64_t size) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  void* const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (start == MAP_FAILED) return system_error("map " + path, errno);
  const std::string_view packed(static_cast<const char*>(start), size);
  auto done = compress::gunzip(packed, std::numeric_limits<std::size_t>::max(),
                               [this](std::string_view bytes) -> Result<> {
                                 if (stopping_()) return stopped();
                                 return pump(bytes, false);
                               });
  ::munmap(start, size);
  if (done) return pump({}, true);
  if (done.error().code == "bad_gzip") return usage(path + ": " + done.error().message);
  return done;
}

Result<> SendRun::pump(std::string_view bytes, bool last) {
  reader_->feed(bytes);
  if (last) reader_->finish();
  for (;;) {
    SendLine line;
    auto more = reader_->next(line);
    if (!more) return usage(options_.file + ": " + more.error().message);
    if (!*more) break;
    // Done by a run before.
    if (line.end <= state_.offset) continue;
    TRY(take(std::move(line)));
  }
  return last ? flush() : Result<>();
}

Result<> SendRun::take(SendLine line) {
  chunk_bytes_ += line.text.size() + 1;
  chunk_.push_back(std::move(line));
  const bool full = chunk_.size() >= state_.batch || chunk_bytes_ >= kChunkBytesMax;
  return full ? flush() : Result<>();
}

Result<> SendRun::flush() {
  if (chunk_.empty()) return {};
  if (stopping_()) return stopped();
  const SendState before = state_;
  if (auto done = deliver_chunk(); !done) {
    state_ = before;  // what is noted is always a whole chunk
    return done;
  }
  TRY(rejects_->sync());
  state_.rejected_bytes = rejects_->bytes();
  state_.offset = chunk_.back().end;
  state_.line = chunk_.back().number;
  state_.pending_since = WallClock().now();
  events_here_ += chunk_.size();
  chunk_.clear();
  chunk_bytes_ = 0;
  untouched_ = true;
  TRY(note_state());
  progress_->show({state_.offset, events_here_, state_.rejected});
  return {};
}

Result<> SendRun::deliver_chunk() {
  std::vector<SendLine> good;
  good.reserve(chunk_.size());
  for (const SendLine& line : chunk_) {
    if (line.problem.empty()) {
      good.push_back(line);
      continue;
    }
    ++state_.rejected;
    TRY(rejects_->add(line, nullptr));
  }
  if (good.empty()) return {};
  return options_.dry_run ? try_here(good) : deliver(good);
}

// Of the place in the file and of what stands there: the same request always has the same key, and
// no other one has it.
std::string SendRun::chunk_key(std::span<const SendLine> lines, const std::string& body) const {
  const std::string place = state_.file.head_sha256 + ":" + std::to_string(lines.front().number) +
                            ":" + std::to_string(lines.back().end) + ":";
  return "send-" + to_hex(as_text(crypto::sha256(place + body))).substr(0, 48);
}

Result<> SendRun::deliver(std::span<const SendLine> lines) {
  std::string body;
  for (const SendLine& line : lines) body.append(line.text).push_back('\n');
  auto sent = wire_->send(body, chunk_key(lines, body));
  // Any other answer says that nothing was stored.
  if ((sent && sent->status == 200) || wire_->in_doubt()) untouched_ = false;
  const WireAnswer answer = TRY(std::move(sent));
  if (!may_be_of_one(answer.status) || lines.size() == 1) return take_answer(lines, answer);
  // None of them was stored, and not each has its reason in the answer: ask again by halves.
  const std::size_t half = lines.size() / 2;
  TRY(deliver(lines.first(half)));
  return deliver(lines.subspan(half));
}

Result<> SendRun::take_answer(std::span<const SendLine> lines, const WireAnswer& answer) {
  if (answer.status == 200) return take_items(lines, answer);
  if (may_be_of_one(answer.status)) {
    json::Document document;
    const auto root = document.parse(answer.body);
    if (!root) return Error{ErrorKind::failed, "bad_answer", "the server's answer is no JSON"};
    ++state_.rejected;
    return rejects_->add(lines.front(), &*root);
  }
  return usage("the server refuses: " + detail_of(answer));
}

Result<> SendRun::take_items(std::span<const SendLine> lines, const WireAnswer& answer) {
  json::Document document;
  const auto root = document.parse(answer.body);
  const auto data = root ? root->find("data") : std::nullopt;
  if (!data || data->size() != lines.size()) {
    return Error{
        ErrorKind::failed, "bad_answer",
        "the server's answer does not fit the events that were sent; is it a Trailkeeper?"};
  }
  std::size_t index = 0;
  for (const json::Node item : *data) {
    const SendLine& line = lines[index++];
    const auto status = item.find("status");
    const std::string_view text = status ? status->text() : std::string_view();
    if (text == "created") {
      ++state_.created;
    } else if (text == "duplicate") {
      ++state_.duplicates;
    } else {
      ++state_.rejected;
      const auto problem = item.find("problem");
      TRY(rejects_->add(line, problem ? &*problem : nullptr));
    }
  }
  return {};
}

// What can be said without a server: form and limits of each event.
Result<> SendRun::try_here(std::span<const SendLine> lines) {
  json::Document document;
  for (const SendLine& line : lines) {
    event::ParseContext context;
    context.now = WallClock().now();
    context.pointer = "/0";
    auto root = document.parse(line.text);
    if (root && !root->find("organization_id")) context.default_organization = OrgId::parse("org");
    const Result<> found = root ? [&]() -> Result<> {
      TRY(event::parse_event(*root, context));
      return {};
    }()
        : Result<>(root.error());
    if (found) {
      ++state_.created;
      continue;
    }
    ++state_.rejected;
    json::Writer out;
    out.begin_object().member("code", found.error().code).member("detail", found.error().message);
    json::write_problems(out, "errors", found.error().fields);
    json::Document problem;
    const auto node = problem.parse(out.end_object().take());
    TRY(rejects_->add(line, node ? &*node : nullptr));
  }
  return {};
}

}  // namespace trailkeeper::cli
