#include "org_states.h"

#include <algorithm>

namespace trailkeeper::journal {
namespace {

constexpr const char* kUpsert =
    "INSERT INTO orgs (org, next_seq, last_received, floor) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (org) DO UPDATE SET next_seq = excluded.next_seq, last_received = "
    "excluded.last_received, "
    "floor = excluded.floor";

Result<> upsert(db::Statement& statement, const std::string& org, const OrgState& state) {
  return statement.with(org, state.next_seq, state.last_received, state.floor).run();
}

}  // namespace

Result<> OrgStates::load(db::Database& database) {
  committed_.clear();
  touched_.clear();
  db::Statement select =
      TRY(database.prepare("SELECT org, next_seq, last_received, floor FROM orgs"));
  while (TRY(select.step())) {
    OrgState state{static_cast<std::uint64_t>(select.integer(1)), select.time(2), select.time(3)};
    highest_ = std::max({highest_, state.last_received, state.floor});
    committed_.emplace(select.text(0), state);
  }
  return {};
}

OrgState& OrgStates::touch(const std::string& org) {
  auto [it, fresh] = touched_.try_emplace(org);
  if (fresh) {
    if (auto known = committed_.find(org); known != committed_.end()) it->second = known->second;
  }
  return it->second;
}

const OrgState* OrgStates::find(const std::string& org) const {
  auto known = committed_.find(org);
  return known == committed_.end() ? nullptr : &known->second;
}

void OrgStates::commit() {
  for (auto& [org, state] : touched_) {
    highest_ = std::max({highest_, state.last_received, state.floor});
    committed_[org] = state;
  }
  touched_.clear();
}

Result<> OrgStates::save(db::Database& database) const {
  db::Statement statement = TRY(database.prepare(kUpsert));
  for (const auto& [org, state] : committed_) {
    if (!touched_.contains(org)) TRY(upsert(statement, org, state));
  }
  for (const auto& [org, state] : touched_) TRY(upsert(statement, org, state));
  return {};
}

Result<> OrgStates::save_one(db::Database& database, const std::string& org) const {
  db::Statement statement = TRY(database.prepare(kUpsert));
  auto touched = touched_.find(org);
  return upsert(statement, org, touched != touched_.end() ? touched->second : committed_.at(org));
}

}  // namespace trailkeeper::journal
