#pragma once

#include <string>
#include <vector>

#include "deliver/deliveries.h"
#include "settings/deliveries.h"

namespace trailkeeper::deliver {

// The entry about a change of a destination.
struct Entry {
  const settings::ActionInfo& info;
  const OrgId& org;
  const std::string& id;
  const By& by;
  Timestamp now;
};

// Writes it into the outbox of the transaction.
Result<> note(settings::WriteTx& tx, const Entry& entry, std::vector<settings::Change> changes = {},
              bool success = true);

// What of the values is different now, for the entry; `before` is null for a new destination.
std::vector<settings::Change> changes_between(const settings::Destination* before,
                                              const settings::Destination& after);

}  // namespace trailkeeper::deliver
