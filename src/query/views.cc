#include "query/views.h"

#include "events/language.h"

namespace trailkeeper::query {
namespace {

using settings::ReadTx;
using settings::View;
using settings::WriteTx;

Error no_view() { return {ErrorKind::not_found, "view_not_found", "There is no such view."}; }

Error not_the_owner() {
  return {ErrorKind::forbidden, "not_the_owner", "The view belongs to somebody else."};
}

// The view as far as the viewer may know of it.
Result<View> find(const ReadTx& tx, const OrgId& org, const Viewer& viewer, const Uuid& id) {
  auto view = TRY(settings::find_view(tx, org, id));
  if (!view || (!view->shared && view->owner_id != viewer.id)) return no_view();
  return *std::move(view);
}

void apply(const ViewDraft& draft, Timestamp now, View& view) {
  view.name = draft.name;
  view.shared = draft.shared;
  view.query = draft.query;
  view.display = draft.display;
  view.updated_at = now;
}

Result<> check(const Viewer& viewer, const ViewDraft& draft) {
  if (viewer.id.empty())
    return Error{ErrorKind::forbidden, "person_needed", "Views belong to people: sign in."};
  auto terms = events::parse_terms(draft.query, "/query");
  if (!terms) return std::move(terms).error();
  return {};
}

}  // namespace

Result<std::vector<View>> Views::list(const OrgId& org, const Viewer& viewer) const {
  return store_.read([&](ReadTx& tx) { return settings::list_views(tx, org, viewer.id); });
}

Result<View> Views::create(const OrgId& org, const Viewer& viewer, const ViewDraft& draft) {
  TRY(check(viewer, draft));
  const Timestamp now = clock_.now();
  View view{.id = Uuid::v7(now), .org = org, .owner_id = viewer.id, .owner_name = viewer.name};
  view.created_at = now;
  apply(draft, now, view);
  return store_.write([&](WriteTx& tx) -> Result<View> {
    const settings::ViewCounts counts = TRY(settings::count_views(tx, org, viewer.id));
    if (counts.of_owner >= kViewsPerOwnerMax || counts.of_org >= kViewsPerOrgMax) {
      return Error{ErrorKind::conflict, "too_many_views",
                   "There are too many saved views. Delete one that is not needed any more."};
    }
    TRY(settings::add_view(tx, view));
    return view;
  });
}

Result<View> Views::change(const OrgId& org, const Viewer& viewer, const Uuid& id,
                           const ViewDraft& draft) {
  TRY(check(viewer, draft));
  return store_.write([&](WriteTx& tx) -> Result<View> {
    View view = TRY(find(tx, org, viewer, id));
    if (view.owner_id != viewer.id) return not_the_owner();
    apply(draft, clock_.now(), view);
    TRY(settings::update_view(tx, view));
    return view;
  });
}

Result<> Views::remove(const OrgId& org, const Viewer& viewer, const Uuid& id) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    const View view = TRY(find(tx, org, viewer, id));
    const bool allowed =
        (!viewer.id.empty() && view.owner_id == viewer.id) || viewer.is_primary_admin;
    if (!allowed) return not_the_owner();
    TRY(settings::remove_view(tx, org, id));
    return {};
  });
}

}  // namespace trailkeeper::query
