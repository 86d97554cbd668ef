#pragma once

#include <condition_variable>
#include <deque>
#include <thread>

#include "base/thread_annotations.h"
#include "batches.h"
#include "db/database.h"
#include "journal/journal.h"
#include "org_states.h"
#include "queue.h"
#include "retry_keys.h"
#include "segments.h"

namespace trailkeeper::journal {

// The journal on one SQLite file. The writer's connection belongs to the writer's thread; readers
// share another one behind a mutex.
class SqliteJournal final : public Journal {
 public:
  SqliteJournal(Settings settings, const Clock& clock, metrics::Registry& metrics,
                db::Database writer, db::Database reader);
  ~SqliteJournal() override;
  Result<> load();

  void start() override;
  void stop() override;
  void submit(Submission submission, std::function<void(Result<Receipt>)> done) override;
  KeyHash keyed_hash(std::string_view text) const override;
  Result<std::vector<Batch>> open_batches() override;
  std::optional<Batch> last_verified() const override;
  Result<std::optional<Batch>> freeze(std::size_t rows_max, std::uint64_t bytes_max) override;
  Result<std::vector<Entry>> read(std::uint64_t first, std::uint64_t end) override;
  Result<> visit(std::uint64_t first, std::uint64_t end, const EntryVisitor& visit) override;
  Result<> mark_stored(std::uint64_t batch) override;
  Result<> mark_verified(std::uint64_t batch) override;
  Result<Batch> next_attempt(std::uint64_t batch) override;
  Result<std::vector<Cut>> cut(const std::vector<OrgId>& orgs, Timestamp end) override;
  Result<std::optional<Cut>> find_cut(const OrgId& org, Timestamp end) override;
  Timestamp watermark() const override;
  Depth depth() const override;
  Seq last_seq(const OrgId& org) const override;
  Timestamp highest_time() const override;
  std::optional<Error> refusal() const override;

 private:
  // Something the writer does inside a transaction; `applied` runs after the commit, under mutex_.
  struct Command {
    std::function<Result<>()> write;
    std::function<void()> applied;
    std::function<void(Result<>)> done;
    // It may share the next group's transaction, and so its sync: its own failure would be one of
    // the storage, which concerns all.
    bool joins = false;
  };
  // A commit whose events are not all in the event store, with a time that none of them was
  // received before.
  struct Unstored {
    std::uint64_t end;
    Timestamp since;
  };
  struct Answer {
    std::function<void(Result<Receipt>)> done;
    Result<Receipt> result;
  };

  Result<> load_secret();
  Result<> load_positions();
  void run();
  bool wait_for_work(std::vector<Waiting>& group, std::vector<Command>& commands);
  void wait_for_company() REQUIRES(mutex_);
  bool is_urgent() const REQUIRES(mutex_);
  void hold_back() REQUIRES(mutex_);
  void carry_out(Command& command);
  void commit(std::vector<Waiting> group, std::vector<Command> joined);
  Result<> write(std::vector<Waiting>& group, const std::vector<Command>& joined, Timestamp now,
                 std::vector<Answer>& answers, std::uint64_t& bytes);
  Result<> write_group(std::vector<Waiting>& group, Timestamp now, std::vector<Answer>& answers,
                       std::uint64_t& bytes);
  Result<> write_cut(const Cut& cut);
  Result<Cut> cut_one(const OrgId& org, Timestamp end);
  void committed(std::uint64_t bytes, const std::vector<Command>& joined);
  void rolled_back();
  void tend(bool idle);
  void tend_log(bool idle);
  Result<> drop_segments(std::uint64_t verified_end);
  Result<> prune();
  Result<> run_command(std::function<Result<>()> write, std::function<void()> applied,
                       bool joins = false);
  Result<> write_batch(const Batches::Row& row);
  Result<Batches::Row> batch_row(std::uint64_t number) const;
  void fail(const Error& error);
  std::uint64_t backlog_limit() const;

  const Settings settings_;
  const Clock& clock_;
  std::string secret_;

  // The writer's thread only (and load(), before it starts).
  db::Database writer_;
  Segments segments_;
  RetryKeys keys_;
  std::thread thread_;
  Timestamp pruned_at_{};
  std::chrono::steady_clock::time_point tended_at_{};
  std::chrono::steady_clock::duration commit_time_{};  // of the last group
  std::size_t expected_ = 1;                           // submissions, see wait_for_company
  std::uint64_t committed_last_ = 0;                   // bytes of the last group

  Mutex reader_mutex_;
  db::Database reader_ GUARDED_BY(reader_mutex_);

  mutable Mutex mutex_;
  ConditionVariable work_;
  FairQueue queue_ GUARDED_BY(mutex_);
  std::size_t wake_at_ GUARDED_BY(mutex_) = 1;  // submissions in the queue that wake the writer
  std::vector<Command> commands_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool running_ GUARDED_BY(mutex_) = false;
  // Changed by the writer's thread alone, and then under mutex_; so it reads them without.
  OrgStates orgs_;
  Batches batches_ GUARDED_BY(mutex_);
  std::deque<Unstored> unstored_ GUARDED_BY(mutex_);
  std::optional<Timestamp> in_flight_since_ GUARDED_BY(mutex_);
  std::uint64_t committed_end_ GUARDED_BY(mutex_) = 1;
  std::uint64_t committed_bytes_ GUARDED_BY(mutex_) = 0;  // in no batch yet
  std::uint64_t backlog_limit_ GUARDED_BY(mutex_) = 0;

  metrics::Counter& commits_;
  metrics::Counter& events_;
  metrics::Gauge& backlog_;
  metrics::Histogram& commit_seconds_;
};

}  // namespace trailkeeper::journal
