#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "settings/store.h"
#include "settings/views.h"

namespace trailkeeper::query {

inline constexpr std::uint64_t kViewsPerOwnerMax = 50;
inline constexpr std::uint64_t kViewsPerOrgMax = 300;

// Who asks, in one organization; permission to read the log was asked for before.
struct Viewer {
  std::string id;    // empty: somebody who owns no views, such as a key
  std::string name;  // shown beside a shared view
  bool is_primary_admin = false;
};

// What an owner decides about a view.
struct ViewDraft {
  std::string name;
  bool shared = false;
  std::string query{};
  std::string display = "{}";  // a JSON object
};

// Saved views of the audit log: private, or shared with everybody of the organization who may read
// it. Thread-safe; calls block on the disk; what is changed is durable on return.
class Views {
 public:
  Views(settings::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  // The viewer's own and the shared ones, by name.
  Result<std::vector<settings::View>> list(const OrgId& org, const Viewer& viewer) const;
  // `invalid` (`invalid_query`) for a query that cannot be read; `conflict` (`too_many_views`);
  // `forbidden` (`person_needed`) for a viewer without an id.
  Result<settings::View> create(const OrgId& org, const Viewer& viewer, const ViewDraft& draft);
  // By its owner: `forbidden` (`not_the_owner`) for others; `not_found` (`view_not_found`) also
  // when it is somebody else's private one.
  Result<settings::View> change(const OrgId& org, const Viewer& viewer, const Uuid& id,
                                const ViewDraft& draft);
  // By its owner; a shared one by a primary admin too.
  Result<> remove(const OrgId& org, const Viewer& viewer, const Uuid& id);

 private:
  settings::Store& store_;
  const Clock& clock_;
};

}  // namespace trailkeeper::query
