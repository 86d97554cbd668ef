#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/metrics.h"
#include "base/result.h"
#include "events/store.h"
#include "journal/journal.h"

namespace trailkeeper::ingest {

// Brings what the journal has committed into the event store: freeze a batch, insert it, read it
// back and compare with the journal, only then let the journal drop it (promise 4). While the store
// is down it waits and tries again; a row that the store refuses keeps nobody back.
class Flusher {
 public:
  struct Settings {
    std::size_t rows_max = 50'000;
    std::uint64_t bytes_max = 32u << 20;   // of records; memory grows with it
    std::chrono::milliseconds pause{300};  // between batches when there is little to do
    // Called after each batch whose rows can be read, from the inserting thread; must be quick.
    std::function<void()> on_stored{};
    // The journal keeps a batch until this position is behind it; without it, until it is read
    // back.
    std::function<std::uint64_t()> recorded_until{};
  };
  Flusher(journal::Journal& journal, events::EventStore& store, metrics::Registry& metrics,
          Settings settings);
  ~Flusher();

  // Compares the store with the last batch that was read back from it. `fatal` (code
  // `store_went_back`) when rows are gone: the store is older than the journal and must not be
  // used. `unavailable` while the store does not answer.
  Result<> check_store();

  // The background threads: one inserts, one reads back.
  void start();
  void stop();

  // One step of each, for tests; true when there was something to do.
  bool insert_step();
  bool verify_step();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::ingest
