#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "events/store.h"

namespace trailkeeper::events {

// What came in of one organization.
struct Receipts {
  OrgId org;
  std::uint64_t last_day = 0;
  std::uint64_t last_hour = 0;
  Timestamp last_received_at{};
};

// Counts over all organizations, for operators: at low priority, so that pages and inserts go
// first. Thread-safe; calls block; errors are those of EventStore.
class Tallies {
 public:
  // `client` must outlive it.
  Tallies(StoreSettings settings, httpc::Client& client);
  ~Tallies();
  Tallies(const Tallies&) = delete;
  Tallies& operator=(const Tallies&) = delete;

  // The actions of the batches after `after` up to `last` (empty: to the newest). As cheap as these
  // batches are small.
  Result<std::vector<SeenAction>> actions(std::uint64_t after,
                                          std::optional<std::uint64_t> last) const;

  // Of each organization with entries, what was received since the two times. Reads two columns of
  // the whole table.
  Result<std::vector<Receipts>> receipts(Timestamp day, Timestamp hour) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::events
