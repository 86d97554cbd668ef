#pragma once

#include <cstdint>

#include "base/background.h"
#include "base/metrics.h"
#include "base/result.h"
#include "events/store.h"
#include "journal/journal.h"
#include "ledger/ledger.h"

namespace trailkeeper::ingest {

// Brings what is stored into the ledger, in the journal's order, with the journal's hashes and
// never those of the event store; then lets checkpoints be signed. The journal keeps everything
// until it is in (Flusher::Settings::recorded_until).
class LedgerFeeder {
 public:
  LedgerFeeder(journal::Journal& journal, ledger::Ledger& ledger, events::EventStore& store,
               metrics::Registry& metrics);
  ~LedgerFeeder() { stop(); }

  // At start, before anything is received: compares journal and ledger. `fatal`, with the way out:
  // `ledger_went_back` when the ledger lacks what the journal had let go of (or was there once, as
  // `had_ledger` says, and is new now), `journal_went_back` when it knows more than the journal
  // ever gave.
  Result<> check(bool had_ledger) const;
  // Before start(), once the event store can be read: fills a ledger that is new beside older
  // events, which can take a while. Does nothing otherwise; may be repeated.
  Result<> adopt_stored();

  void start();
  // Signs what is there and was not.
  void stop();

  // Everything before this position of the journal is in the ledger. Any thread.
  std::uint64_t recorded_until() const { return ledger_.position(); }

  // One step of each thread, for tests; true when there was something to do.
  bool feed_step();
  bool publish_step();

 private:
  Result<> feed(std::uint64_t first, std::uint64_t end);
  Result<> adopt(const OrgId& org, Seq last);
  Result<> compare_sizes() const;
  // The journal let go of events that the ledger has never seen.
  bool lacks_stored() const;

  journal::Journal& journal_;
  ledger::Ledger& ledger_;
  events::EventStore& store_;
  metrics::Counter& entries_;
  metrics::Counter& checkpoints_;
  Background feeder_;
  Background publisher_;
  bool started_ = false;
};

}  // namespace trailkeeper::ingest
