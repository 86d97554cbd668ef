#pragma once

#include <string>
#include <unordered_map>

#include "db/database.h"
#include "journal/journal.h"

namespace trailkeeper::journal {

struct OrgState {
  std::uint64_t next_seq = 1;
  Timestamp last_received{};
  Timestamp floor{};  // no event is received before it any more
};

// Counters of every organization, in memory; changes of a transaction are kept aside until it has
// committed. Not thread-safe.
class OrgStates {
 public:
  Result<> load(db::Database& database);
  // The state to change, within the transaction.
  OrgState& touch(const std::string& org);
  const OrgState* find(const std::string& org) const;
  void commit();
  void roll_back() { touched_.clear(); }
  // Writes every state, those of this transaction included.
  Result<> save(db::Database& database) const;
  Result<> save_one(db::Database& database, const std::string& org) const;
  Timestamp highest_time() const { return highest_; }

 private:
  using Map = std::unordered_map<std::string, OrgState>;
  Map committed_;
  Map touched_;
  Timestamp highest_{};
};

}  // namespace trailkeeper::journal
