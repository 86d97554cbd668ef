#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_annotations.h"
#include "db/database.h"
#include "ledger/ledger.h"
#include "log_keys.h"
#include "log_tree.h"
#include "tables.h"

namespace trailkeeper::ledger {

// One connection writes, another reads; each under its own lock.
class SqliteLedger final : public Ledger {
 public:
  static Result<std::unique_ptr<Ledger>> open(Settings settings, const crypto::Sealer& sealer,
                                              const Clock& clock);
  ~SqliteLedger() override;

  Result<> append(std::span<const Addition> additions, std::uint64_t position) override;
  std::uint64_t position() const override { return position_.load(); }
  Result<std::size_t> publish() override;
  Result<Log> log(const OrgId& org) override;
  Result<std::string> name(const OrgId& org) override;
  Result<std::vector<Log>> closed_logs(const OrgId& org) override;
  Result<std::uint64_t> size(const OrgId& org) override;
  Result<> for_each(
      const std::function<void(const OrgId& org, std::uint64_t size)>& visit) override;
  Result<Border> border(const OrgId& org, std::uint64_t begin, std::uint64_t end) override;
  Result<std::string> sign_document(const OrgId& org, std::string_view type,
                                    std::string_view object) override;
  void hold(const OrgId& org, HeldFor reason, bool held) override;
  Result<Log> open_epoch(const OrgId& org, std::uint32_t epoch) override;
  Result<std::optional<OldLog>> old_log(const OrgId& org) override;
  Result<std::vector<OrgId>> unwitnessed(std::size_t count) override;
  Result<std::uint64_t> witnessed_size(const OrgId& org) override;
  Result<Submission> submission(const OrgId& org, std::uint64_t old_size) override;
  Result<> add_cosignature(const OrgId& org, std::uint64_t size, const std::string& lines) override;
  Result<OrgId> organization(std::string_view name) override;
  Result<std::string> checkpoint(std::string_view name) override;
  Result<std::string> tile(std::string_view name, const merkle::TileId& tile) override;
  Result<EntryProof> prove(const OrgId& org, Seq seq, std::string_view log) override;
  Result<GrowthProof> prove_consistency(const OrgId& org, std::uint64_t old_size) override;
  Result<std::vector<merkle::LogEntry>> entries(const OrgId& org, Seq first_seq,
                                                std::size_t count) override;

 private:
  // What is known of a log without looking. Taken over only when its transaction has committed.
  struct State {
    LogRow row;
    LogTree tree;
    std::uint64_t published = 0;
  };
  using Entries = std::vector<merkle::LogEntry>;

  SqliteLedger(Settings settings, const Clock& clock, db::Database writer, db::Database reader,
               MasterSeed seed);

  Result<> append_all(const std::map<OrgId, Entries>& by_org, std::uint64_t position)
      REQUIRES(write_mutex_);
  Result<State> grown(const OrgId& org, const Entries& entries) REQUIRES(write_mutex_);
  Result<> compare(const State& state, std::span<const merkle::LogEntry> entries)
      REQUIRES(write_mutex_);
  Result<std::size_t> publish_all() REQUIRES(write_mutex_);
  // The state of the org's log, which is opened when there is none; inside a transaction.
  Result<State> state_of(const OrgId& org) REQUIRES(write_mutex_);
  Result<Log> change_epoch(const OrgId& org, std::uint32_t epoch) REQUIRES(write_mutex_);
  Result<std::string> sign(const LogRow& log, std::uint64_t size, const merkle::Hash& root) const;
  Result<> load();
  void tidy() REQUIRES(write_mutex_);
  Log describe(const LogRow& row, std::uint64_t published) const;
  Log describe(const State& state) const { return describe(state.row, state.published); }
  // Ends the process on what is fatal; else passes it on.
  template <typename T>
  Result<T> checked(Result<T> result) const {
    if (!result && result.error().kind == ErrorKind::fatal) settings_.on_fatal(result.error());
    return result;
  }

  // Calls `read(tables)` inside one read transaction.
  template <typename Read>
  auto reading(Read read) -> decltype(read(std::declval<Tables&>()));

  const Settings settings_;
  const Clock& clock_;
  const MasterSeed seed_;
  std::atomic<std::uint64_t> position_{0};
  Mutex write_mutex_;
  db::Database writer_ GUARDED_BY(write_mutex_);
  std::map<OrgId, State> states_ GUARDED_BY(write_mutex_);
  std::map<OrgId, std::uint64_t> unpublished_ GUARDED_BY(write_mutex_);  // size it has grown to
  std::map<OrgId, unsigned> held_ GUARDED_BY(write_mutex_);              // bits of HeldFor; never 0
  Mutex names_mutex_;  // after the others, and never held with the reader's
  std::map<OrgId, std::string> names_ GUARDED_BY(names_mutex_);
  std::uint64_t names_changed_ GUARDED_BY(names_mutex_) = 0;  // how often a log got another name
  Mutex read_mutex_;
  db::Database reader_ GUARDED_BY(read_mutex_);
};

template <typename Read>
auto SqliteLedger::reading(Read read) -> decltype(read(std::declval<Tables&>())) {
  MutexLock lock(read_mutex_);
  TRY(reader_.execute("BEGIN"));
  Tables tables(reader_);
  auto result = read(tables);
  TRY(reader_.execute("COMMIT"));
  return checked(std::move(result));
}

}  // namespace trailkeeper::ledger
