#pragma once

#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "access/principal.h"
#include "base/clock.h"
#include "base/result.h"
#include "settings/orgs.h"

namespace trailkeeper::access {

// What a PUT of an org says; what is absent stays as it is, or gets its default in a new org.
struct OrgChange {
  std::optional<std::string> name{};  // needed for a new one; 1 to 200 characters
  std::optional<bool> audit_logs{};
  std::optional<bool> data_packs{};
  std::optional<bool> s3{};
  std::optional<int> viewing_window_days{};  // 1 to 3650
  std::optional<int> retention_days{};       // viewing_window_days to 3650
  std::optional<int> link_hours{};           // 1 to 168
  std::optional<settings::Limits> limits{};  // of its intake; all of them
};

struct OrgPut {
  settings::Org org;
  bool created = false;
  bool changed = false;  // false: it was just so, and no entry was written
};

// The organizations, kept in memory for the questions of every request. Thread-safe.
class Orgs {
 public:
  // Reads all orgs, and makes the operators' own (settings::own_org()) when it is not there.
  static Result<std::unique_ptr<Orgs>> open(settings::Store& store, const Clock& clock);

  // In memory; null when there is none.
  std::shared_ptr<const settings::Org> find(const OrgId& id) const;
  bool exists(const OrgId& id) const { return find(id) != nullptr; }

  // In memory, by id.
  std::vector<std::shared_ptr<const settings::Org>> all() const;

  // Makes or changes an org; the same again changes nothing. Durable, seen by find(), and with its
  // entries in the org's trail on return. Ask Permissions::may_put_org first. `invalid` with
  // pointers; `forbidden` (`reserved`) for our own org.
  Result<OrgPut> put(const Principal& by, const settings::Origin& origin, const OrgId& id,
                     const OrgChange& change);

  // By id, after `after`, whose id or name contains `text`; at most `limit`.
  Result<std::vector<settings::Org>> list(std::string_view text, std::string_view after,
                                          std::size_t limit) const;

 private:
  Orgs(settings::Store& store, const Clock& clock) : store_(store), clock_(clock) {}
  Result<> load();
  Result<> note_changes(settings::WriteTx& tx, const Principal& by, const settings::Origin& origin,
                        const settings::Org* before, const settings::Org& after) const;

  settings::Store& store_;
  const Clock& clock_;
  std::mutex put_mutex_;  // one change at a time, so that memory and database agree
  mutable std::shared_mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<OrgId, std::shared_ptr<const settings::Org>> orgs_;
};

}  // namespace trailkeeper::access
