#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// A saved view of an organization's audit log.
struct View {
  Uuid id;  // version 7
  OrgId org;
  std::string owner_id;  // as Actor::id
  std::string owner_name;
  std::string name;
  bool shared = false;  // everybody who may read the log sees it
  std::string query;    // of the search language
  std::string display;  // range, columns and density: a JSON object
  Timestamp created_at{};
  Timestamp updated_at{};
};

// The owner's own and the shared ones of an org, by name. An empty owner: the shared ones.
Result<std::vector<View>> list_views(const ReadTx& tx, const OrgId& org, std::string_view owner_id);
Result<std::optional<View>> find_view(const ReadTx& tx, const OrgId& org, const Uuid& id);

struct ViewCounts {
  std::uint64_t of_org = 0;
  std::uint64_t of_owner = 0;
};
Result<ViewCounts> count_views(const ReadTx& tx, const OrgId& org, std::string_view owner_id);

Result<> add_view(WriteTx& tx, const View& view);
// Name, shared, query, display and updated_at. False when it is not there.
Result<bool> update_view(WriteTx& tx, const View& view);
Result<bool> remove_view(WriteTx& tx, const OrgId& org, const Uuid& id);

}  // namespace trailkeeper::settings
