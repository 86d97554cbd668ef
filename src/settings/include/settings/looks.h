#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// That an operator opened an organization's trail, for one session and a while.
struct Look {
  Uuid id;  // version 7
  OrgId org;
  Uuid person;             // the operator
  std::string session_id;  // the look ends with it
  std::string reason;      // for the customer to read
  Timestamp started_at{};
  Timestamp expires_at{};
};

// Those that end after `now`, by id.
Result<std::vector<Look>> list_looks(const ReadTx& tx, Timestamp now);
Result<> add_look(WriteTx& tx, const Look& look);
// False when there is none.
Result<bool> remove_look(WriteTx& tx, const Uuid& id);
// Forgets those that ended before `now`.
Result<> remove_ended_looks(WriteTx& tx, Timestamp now);

}  // namespace trailkeeper::settings
