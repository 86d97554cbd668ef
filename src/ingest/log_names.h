#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "event/view.h"
#include "ingest/ingest.h"
#include "ledger/ledger.h"

namespace trailkeeper::ingest {

// Finds out in which log each event of one request will be, before it is committed: a name that is
// not in memory takes a look at the ledger, and a new organization's is made then. An answer
// without a name is a receipt all the same, so nothing fails here.
class LogNames {
 public:
  // `logs` may be null. `org`: the key's, and so every event's.
  LogNames(ledger::Ledger* logs, const std::optional<OrgId>& org) : logs_(logs), org_(org) {}

  // The next item; null for one that is not stored.
  void add(const event::EventView* event);
  void put(Answer& answer);

 private:
  std::string name(std::string_view org);

  ledger::Ledger* const logs_;
  const std::optional<OrgId>& org_;
  bool any_ = false;               // with org_
  std::vector<std::string> orgs_;  // without: of each item, empty when it is not stored
};

}  // namespace trailkeeper::ingest
