#include "sqlite_journal.h"

#include <pthread.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <limits>

#include "base/file.h"
#include "base/log.h"
#include "crypto/hash.h"
#include "group.h"
#include "schema.h"

namespace trailkeeper::journal {
namespace {

constexpr std::uint64_t kBacklogBytesMin = 4ull << 30;
constexpr Duration kPruneEvery = std::chrono::minutes(1);
constexpr std::chrono::seconds kIdlePause{1};
constexpr std::chrono::milliseconds kTendEvery{100};
constexpr std::chrono::milliseconds kDropMost{5};
constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
constexpr std::chrono::microseconds kCompanyMin{150};
constexpr std::chrono::microseconds kCompanyMax{3000};
constexpr std::size_t kCompanyBytes = 128 * 1024;
constexpr Duration kBehindMin = std::chrono::milliseconds(1200);
constexpr Duration kBehindMax = std::chrono::seconds(10);
constexpr Duration kHoldMax = std::chrono::milliseconds(20);
constexpr int kExitIoError = 74;

Error unavailable(const char* code, const char* message) {
  return Error{ErrorKind::unavailable, code, message, {}, std::chrono::seconds(1)};
}

std::size_t size_of(const Submission& submission) {
  std::size_t bytes = 0;
  for (const Item& item : submission.items) bytes += item.tail.size() + item.problem.size() + 96;
  return bytes;
}

}  // namespace

SqliteJournal::SqliteJournal(Settings settings, const Clock& clock, metrics::Registry& metrics,
                             db::Database writer, db::Database reader)
    : settings_(std::move(settings)),
      clock_(clock),
      writer_(std::move(writer)),
      segments_(writer_, settings_.segment_bytes),
      keys_(writer_),
      reader_(std::move(reader)),
      commits_(
          metrics.counter("trailkeeper_journal_commits_total", "Transactions of the journal.")),
      events_(
          metrics.counter("trailkeeper_journal_events_total", "Events committed to the journal.")),
      backlog_(metrics.gauge("trailkeeper_journal_backlog_bytes",
                             "Bytes committed but not yet stored and read back.")),
      commit_seconds_(
          metrics.histogram("trailkeeper_journal_commit_seconds", "Time of one group commit.",
                            {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1})) {}

SqliteJournal::~SqliteJournal() { stop(); }

Result<> SqliteJournal::load() {
  TRY(load_secret());
  TRY(keys_.prepare());
  TRY(segments_.load());
  TRY(orgs_.load(writer_));
  return load_positions();
}

Result<> SqliteJournal::load_secret() {
  db::Statement select = TRY(writer_.prepare("SELECT value FROM meta WHERE key = 'secret'"));
  if (TRY(select.step())) {
    secret_ = select.text(0);
    return {};
  }
  secret_.resize(32);
  fill_random(secret_.data(), secret_.size());
  db::Statement insert =
      TRY(writer_.prepare("INSERT INTO meta (key, value) VALUES ('secret', ?1)"));
  return insert.with(db::Statement::Blob{secret_}).run();
}

Result<> SqliteJournal::load_positions() {
  MutexLock lock(mutex_);
  TRY(batches_.load(writer_));
  committed_end_ = segments_.next_position();
  std::optional<Timestamp> oldest;
  TRY(segments_.scan([&](const Chunk& chunk) REQUIRES(mutex_) {
    OrgState& state = orgs_.touch(chunk.org);
    state.next_seq = std::max(state.next_seq, chunk.first_seq + chunk.count);
    state.last_received = std::max(state.last_received, chunk.received_at);
    if (chunk.position >= batches_.frozen_end()) committed_bytes_ += chunk.bytes;
    if (chunk.position + chunk.count > batches_.stored_end()) {
      oldest = oldest ? std::min(*oldest, chunk.received_at) : chunk.received_at;
    }
  }));
  orgs_.commit();
  if (oldest) unstored_.push_back({committed_end_, *oldest});
  backlog_limit_ = backlog_limit();
  return {};
}

void SqliteJournal::start() {
  {
    MutexLock lock(mutex_);
    if (running_) return;
    running_ = true;
  }
  thread_ = std::thread([this] { run(); });
}

void SqliteJournal::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    work_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

// --- the writer's thread
// ------------------------------------------------------------------------------------------

void SqliteJournal::run() {
  ::pthread_setname_np(::pthread_self(), "journal");
  std::vector<Waiting> group;
  std::vector<Command> commands;
  while (wait_for_work(group, commands)) {
    const bool idle = group.empty() && commands.empty();
    std::vector<Command> joined;
    for (Command& command : commands) {
      if (command.joins && !group.empty()) {
        joined.push_back(std::move(command));
      } else {
        carry_out(command);
      }
    }
    if (!group.empty()) commit(std::move(group), std::move(joined));
    group.clear();
    commands.clear();
    tend(idle);
  }
  if (auto done = writer_.checkpoint(); !done)
    log::warn("journal checkpoint", {{"error", done.error().message}});
  MutexLock lock(mutex_);
  running_ = false;
}

bool SqliteJournal::wait_for_work(std::vector<Waiting>& group, std::vector<Command>& commands) {
  MutexLock lock(mutex_);
  hold_back();
  const std::size_t came_meanwhile = queue_.size();
  wake_at_ = 1;
  if (queue_.empty() && commands_.empty() && !stopping_) work_.wait_for(mutex_, kIdlePause);
  expected_ += came_meanwhile;
  wait_for_company();
  wake_at_ = kNever;
  group = queue_.take(settings_.group_bytes_max);
  expected_ = group.size();
  commands.swap(commands_);
  return !group.empty() || !commands.empty() || !stopping_;
}

bool SqliteJournal::is_urgent() const {
  return stopping_ || std::any_of(commands_.begin(), commands_.end(),
                                  [](const Command& command) { return !command.joins; });
}

// Who was answered a moment ago mostly sends again at once. To wait for them, and so to sync once
// for all instead of once for each half of them in turn, makes both halves faster; but not for
// longer than a part of what a commit takes, and not when there are bytes enough to be worth one.
// What the flush writes down waits for them, too: a sync of its own would keep them all.
void SqliteJournal::wait_for_company() {
  const auto started = std::chrono::steady_clock::now();
  const auto until = started + std::clamp<std::chrono::steady_clock::duration>(
                                   commit_time_ / 3, kCompanyMin, kCompanyMax);
  while (!(queue_.empty() && commands_.empty()) && queue_.size() < expected_ &&
         queue_.bytes() < kCompanyBytes && !is_urgent()) {
    wake_at_ = expected_;
    if (work_.wait_until(mutex_, until) == std::cv_status::timeout) return;
  }
}

// What is answered is to be seen soon. While the event store falls behind, the clients that send
// most get their answers a little later, so that it has its share of the processors. When it is
// down, or far behind for another reason, waiting would not help: the journal is there for that.
void SqliteJournal::hold_back() {
  if (committed_last_ < kCompanyBytes || unstored_.empty()) return;
  const Duration behind = clock_.now() - unstored_.front().since;
  if (behind <= kBehindMin || behind > kBehindMax) return;
  const Duration pause = std::min<Duration>((behind - kBehindMin) / 40, kHoldMax);
  const auto until = std::chrono::steady_clock::now() + pause;
  while (!is_urgent()) {
    if (work_.wait_until(mutex_, until) == std::cv_status::timeout) return;
  }
}

// A command's own failure (a window that cannot be cut) concerns nobody else, so each has its own
// transaction.
void SqliteJournal::carry_out(Command& command) {
  auto written = [&]() -> Result<> {
    db::Transaction transaction = TRY(db::Transaction::begin(writer_));
    TRY(command.write());
    return transaction.commit();
  }();
  if (written) {
    MutexLock lock(mutex_);
    orgs_.commit();
    if (command.applied) command.applied();
    backlog_.set(static_cast<double>(batches_.open_bytes() + committed_bytes_));
  } else {
    if (written.error().kind == ErrorKind::fatal) fail(written.error());
    rolled_back();
  }
  command.done(std::move(written));
}

void SqliteJournal::commit(std::vector<Waiting> group, std::vector<Command> joined) {
  Timestamp now;
  {
    MutexLock lock(mutex_);
    in_flight_since_ = now = clock_.now();
  }
  const auto started = std::chrono::steady_clock::now();
  std::vector<Answer> answers;
  answers.reserve(group.size());
  std::uint64_t bytes = 0;
  Result<> result = write(group, joined, now, answers, bytes);
  committed_last_ = bytes;
  if (result) {
    committed(bytes, joined);
  } else {
    if (result.error().kind != ErrorKind::unavailable) fail(result.error());
    rolled_back();
    for (Answer& answer : answers) answer.result = result.error();
  }
  // Those the failure kept from being looked at.
  for (std::size_t i = answers.size(); i < group.size(); ++i) group[i].done(result.error());
  for (Answer& answer : answers) answer.done(std::move(answer.result));
  for (Command& command : joined) command.done(result);
  commit_time_ = std::chrono::steady_clock::now() - started;
  commit_seconds_.observe(std::chrono::duration<double>(commit_time_).count());
}

Result<> SqliteJournal::write(std::vector<Waiting>& group, const std::vector<Command>& joined,
                              Timestamp now, std::vector<Answer>& answers, std::uint64_t& bytes) {
  db::Transaction transaction = TRY(db::Transaction::begin(writer_));
  for (const Command& command : joined) TRY(command.write());
  TRY(write_group(group, now, answers, bytes));
  return transaction.commit();
}

Result<> SqliteJournal::write_group(std::vector<Waiting>& waiting, Timestamp now,
                                    std::vector<Answer>& answers, std::uint64_t& bytes) {
  Group group(orgs_, keys_, now, {settings_.request_key_lifetime, settings_.external_id_lifetime});
  for (Waiting& next : waiting) {
    Result<Receipt> receipt = group.add(next.submission);
    if (!receipt && receipt.error().kind != ErrorKind::invalid) return receipt.error();
    answers.push_back({std::move(next.done), std::move(receipt)});
  }
  for (const Chunk& chunk : group.take_chunks(segments_.next_position())) {
    TRY(segments_.append(chunk));
    bytes += chunk.bytes;
  }
  TRY(keys_.write());
  for (Cut cut : group.ended_hours()) {
    cut.position = segments_.next_position() - 1;
    TRY(write_cut(cut));
  }
  if (!segments_.full()) return {};
  // The older segments may be dropped from here on, so the counters that only they hold are written
  // down.
  TRY(orgs_.save(writer_));
  return segments_.begin();
}

void SqliteJournal::committed(std::uint64_t bytes, const std::vector<Command>& joined) {
  keys_.commit();
  MutexLock lock(mutex_);
  orgs_.commit();
  for (const Command& command : joined) {
    if (command.applied) command.applied();
  }
  const std::uint64_t end = segments_.next_position();
  if (end != committed_end_) {
    events_.add(static_cast<double>(end - committed_end_));
    unstored_.push_back({end, *in_flight_since_});
    committed_end_ = end;
    committed_bytes_ += bytes;
  }
  in_flight_since_.reset();
  commits_.add();
  backlog_.set(static_cast<double>(batches_.open_bytes() + committed_bytes_));
}

void SqliteJournal::rolled_back() {
  if (auto reloaded = segments_.reload(); !reloaded) fail(reloaded.error());
  keys_.roll_back();
  MutexLock lock(mutex_);
  orgs_.roll_back();
  in_flight_since_.reset();
}

// What can wait: the log into the file, empty segments, expired keys.
void SqliteJournal::tend(bool idle) {
  const auto started = std::chrono::steady_clock::now();
  if (!idle && started - tended_at_ < kTendEvery) return;
  tended_at_ = started;
  std::uint64_t verified_end = 0;
  {
    MutexLock lock(mutex_);
    verified_end = batches_.verified_end();
    backlog_limit_ = backlog_limit();
  }
  tend_log(idle);
  Result<> done = drop_segments(verified_end);
  if (done && clock_.now() - pruned_at_ >= kPruneEvery) done = prune();
  if (done) return;
  if (done.error().kind == ErrorKind::fatal) fail(done.error());
  rolled_back();
}

// Often and little: nobody is answered meanwhile.
void SqliteJournal::tend_log(bool idle) {
  const std::uint64_t bytes = writer_.log_bytes();
  if (bytes <= settings_.log_bytes_max / (idle ? 64 : 1)) return;
  if (auto done = writer_.checkpoint(); !done && done.error().kind == ErrorKind::fatal)
    fail(done.error());
}

Result<> SqliteJournal::drop_segments(std::uint64_t verified_end) {
  // Several when they are small; large ones take their time, and requests wait meanwhile.
  const auto until = std::chrono::steady_clock::now() + kDropMost;
  while (segments_.may_drop(verified_end) && std::chrono::steady_clock::now() < until) {
    db::Transaction transaction = TRY(db::Transaction::begin(writer_));
    if (!TRY(segments_.drop_before(verified_end))) return {};
    TRY(transaction.commit());
  }
  return {};
}

Result<> SqliteJournal::prune() {
  db::Transaction transaction = TRY(db::Transaction::begin(writer_));
  const Timestamp now = clock_.now();
  if (!TRY(keys_.prune(now))) pruned_at_ = now;
  return transaction.commit();
}

void SqliteJournal::fail(const Error& error) {
  log::error("journal failed; stopping so that nothing acknowledged is lost",
             {{"error", error.message}});
  if (settings_.on_fatal) settings_.on_fatal(error);
  std::_Exit(kExitIoError);
}

std::uint64_t SqliteJournal::backlog_limit() const {
  if (settings_.backlog_bytes_max != 0) return settings_.backlog_bytes_max;
  struct statvfs disk {};
  if (statvfs(settings_.folder.c_str(), &disk) != 0) return kBacklogBytesMin;
  return std::max<std::uint64_t>(kBacklogBytesMin, disk.f_bavail * disk.f_frsize / 5);
}

// --- any thread
// ---------------------------------------------------------------------------------------------------

std::optional<Error> SqliteJournal::refusal() const {
  MutexLock lock(mutex_);
  if (stopping_) return unavailable("stopping", "The server is stopping; send it again.");
  if (queue_.bytes() > settings_.queue_bytes_max) {
    return unavailable("busy", "More is waiting than can be taken; send it again.");
  }
  if (batches_.open_bytes() + committed_bytes_ > backlog_limit_) {
    Error error =
        unavailable("backlog_full", "The event store is too far behind; send it again later.");
    error.retry_after = std::chrono::seconds(10);
    return error;
  }
  return std::nullopt;
}

void SqliteJournal::submit(Submission submission, std::function<void(Result<Receipt>)> done) {
  if (auto refused = refusal()) return done(*refused);
  Waiting waiting{std::move(submission), std::move(done), 0};
  waiting.bytes = size_of(waiting.submission);
  bool stopped = false;
  {
    MutexLock lock(mutex_);
    stopped = stopping_;
    if (!stopped) {
      queue_.push(std::move(waiting));
      if (queue_.size() >= wake_at_) work_.notify_one();
    }
  }
  if (stopped) waiting.done(unavailable("stopping", "The server is stopping; send it again."));
}

KeyHash SqliteJournal::keyed_hash(std::string_view text) const {
  const Sha256Digest digest = crypto::hmac_sha256(secret_, text);
  KeyHash hash;
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

Result<> SqliteJournal::run_command(std::function<Result<>()> write, std::function<void()> applied,
                                    bool joins) {
  std::promise<Result<>> promise;
  auto future = promise.get_future();
  {
    MutexLock lock(mutex_);
    if (!running_ || stopping_) return unavailable("stopping", "The journal is stopping.");
    commands_.push_back({std::move(write), std::move(applied),
                         [&promise](Result<> result) { promise.set_value(std::move(result)); },
                         joins});
    work_.notify_all();
  }
  return future.get();
}

Timestamp SqliteJournal::watermark() const {
  MutexLock lock(mutex_);
  if (!unstored_.empty()) return unstored_.front().since;
  return in_flight_since_ ? *in_flight_since_ : clock_.now();
}

Depth SqliteJournal::depth() const {
  MutexLock lock(mutex_);
  return Depth{committed_end_, batches_.stored_end(), batches_.verified_end(),
               batches_.open_bytes() + committed_bytes_};
}

Seq SqliteJournal::last_seq(const OrgId& org) const {
  MutexLock lock(mutex_);
  const OrgState* state = orgs_.find(org.str());
  return Seq{state == nullptr ? 0 : state->next_seq - 1};
}

Timestamp SqliteJournal::highest_time() const {
  MutexLock lock(mutex_);
  return orgs_.highest_time();
}

Result<std::unique_ptr<Journal>> Journal::open(Settings settings, const Clock& clock,
                                               metrics::Registry& metrics) {
  TRY(make_folders(settings.folder));
  const std::string path = settings.folder + "/journal.db";
  db::Database writer = TRY(db::Database::open(path, db::Database::Mode::read_write));
  TRY(db::migrate(writer, kMigrations));
  db::Database reader = TRY(db::Database::open(path, db::Database::Mode::read_only));
  auto journal = std::make_unique<SqliteJournal>(std::move(settings), clock, metrics,
                                                 std::move(writer), std::move(reader));
  TRY(journal->load());
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace trailkeeper::journal
