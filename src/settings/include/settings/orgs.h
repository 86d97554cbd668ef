#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/limits.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// What an operator enabled for an organization.
struct Entitlements {
  bool audit_logs = false;
  bool data_packs = false;
  bool s3 = false;
  bool operator==(const Entitlements&) const = default;
};

inline constexpr int kViewingWindowDays = 30;
inline constexpr int kRetentionDays = 400;
inline constexpr int kLinkHours = 24;

struct Org {
  OrgId id;
  std::string name;
  Entitlements entitlements{};
  int viewing_window_days = kViewingWindowDays;  // how far back people see
  int retention_days = kRetentionDays;           // how long entries are kept
  int link_hours = kLinkHours;                   // how long a finished export can be fetched
  Timestamp created_at{};
  Limits limits{};  // of its intake
  bool operator==(const Org&) const = default;
};

// The operators' own trail: an organization of ours for what concerns no customer. Its id is
// reserved.
const OrgId& own_org();

Result<std::optional<Org>> find_org(const ReadTx& tx, const OrgId& id);

// Organizations whose id or name contains `text` (ASCII case aside), by id, after the id `after`,
// at most `limit`.
Result<std::vector<Org>> list_orgs(const ReadTx& tx, std::string_view text, std::string_view after,
                                   std::size_t limit);

// Makes or replaces; `created_at` of one that is there stays. There is no way to delete one: an id
// is never used again.
Result<> put_org(WriteTx& tx, const Org& org);

}  // namespace trailkeeper::settings
