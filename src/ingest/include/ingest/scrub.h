#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/background.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "events/store.h"
#include "ledger/ledger.h"

namespace trailkeeper::ingest {

// An entry of the log that the event store does not hold as the log has it.
struct ScrubFinding {
  enum class What { missing, altered, doubled };
  OrgId org;
  Seq seq;
  What what = What::altered;
  bool operator==(const ScrubFinding&) const = default;
};
std::string_view scrub_word(ScrubFinding::What what);  // "missing"

// Reads everything that is stored again, at a bounded rate and for ever, and holds it against the
// log: disks lose bits, people have hands. It changes nothing. A round goes over all organizations
// by their ids; what was received after it began is the next one's.
class Scrub {
 public:
  // Rows of one organization by seq, as EventStore::stream_range gives them.
  using Rows =
      std::function<Result<>(const OrgId& org, Seq first, Seq last, const events::RowSink& sink)>;
  struct Settings {
    std::string file;                         // how far it has come, and what it found
    int rows_per_second = 500;                // 0: never
    Duration every = std::chrono::hours(24);  // from the beginning of a round to that of the next
    // Up to this position of the journal everything was read back from the store.
    std::function<std::uint64_t()> verified_until{};
    // Told once for each organization and round, with what was found together first.
    std::function<void(const std::vector<ScrubFinding>& found)> report{};
  };
  struct State {
    std::optional<Timestamp> began{};     // this round, or the last one
    std::optional<Timestamp> finished{};  // the last whole one
    std::uint64_t rows = 0;               // of this round, so far
    std::uint64_t found = 0;              // of this round and the last one
    std::vector<ScrubFinding> examples{};
  };

  // `ledger` and `clock` live longer. A file that cannot be read is begun anew.
  Scrub(Settings settings, ledger::Ledger& ledger, Rows rows, const Clock& clock,
        metrics::Registry& metrics);
  ~Scrub() { stop(); }

  void start();
  // What it has come to is on disk.
  void stop();
  State state() const;

  // What it does each second; for tests.
  bool step();

 private:
  struct Round {
    std::map<OrgId, std::uint64_t> sizes;  // entries to look at
    std::uint64_t position = 0;            // of the journal, that they are below
  };
  struct Progress {
    std::optional<Timestamp> began{}, finished{};
    bool under_way = false;
    std::string org{};       // where it is: of ids up to this one only the rest
    std::uint64_t next = 1;  // seq
    std::uint64_t rows = 0;
    std::uint64_t found = 0, found_before = 0;
    std::vector<ScrubFinding> examples{}, examples_before{};
  };

  bool is_due() const REQUIRES(mutex_);
  Result<bool> prepare();  // whether there is a round that can go on
  Result<> go_on();
  void finish_round();
  Result<std::vector<ScrubFinding>> compare(const OrgId& org, Seq first, Seq last);
  Result<> compare_rows(const OrgId& org, Seq first, Seq last,
                        const std::vector<merkle::LogEntry>& entries,
                        std::vector<ScrubFinding>& found);
  void note(const std::vector<ScrubFinding>& found);
  void load();
  void save();

  const Settings settings_;
  ledger::Ledger& ledger_;
  const Rows rows_;
  const Clock& clock_;
  metrics::Counter& read_;
  metrics::Counter& rounds_;
  metrics::Gauge& wrong_;
  std::optional<Round> round_;  // of the background thread, as these
  std::set<OrgId> told_;        // this round
  int unsaved_ = 0;             // steps
  bool refused_ = false;        // the last step could not read; said once
  mutable Mutex mutex_;
  Progress progress_ GUARDED_BY(mutex_);
  Background background_;
};

}  // namespace trailkeeper::ingest
