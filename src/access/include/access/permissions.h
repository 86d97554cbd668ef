#pragma once

#include <optional>

#include "access/orgs.h"
#include "access/principal.h"
#include "base/clock.h"
#include "base/result.h"

namespace trailkeeper::access {

class Looks;

// What a reader of a trail may see.
struct AuditGrant {
  settings::Org org;
  // Nothing that occurred before it: the viewing window for people; empty for keys and admin.sock.
  std::optional<Timestamp> visible_from{};
};

// The one place that says who may do what. Every question names the org; the answer is a grant or
//   not_found (`org_not_found`)   the org is not there, or this principal has nothing to do with
//   it: the two look alike; forbidden (`role_too_low`, `scope_missing`, `operators_only`)   it
//   belongs there but may not do this; forbidden (`not_enabled`)   an operator has not enabled this
//   for the org.
// Thread-safe and quick: no call touches the disk unless it says so.
class Permissions {
 public:
  // `looks` is where the vendor's readings are written down; without one operators read no trail of
  // a customer.
  Permissions(const Orgs& orgs, const Clock& clock, Looks* looks = nullptr)
      : orgs_(orgs), clock_(clock), looks_(looks) {}

  // Search, one entry, asking for an export, listing and fetching exports: primary admins and
  // admins of the org, keys with `read`, admin.sock. Operators read their own trail, and a
  // customer's by a look, also where they are members: `forbidden` (`look_needed`). What an
  // operator or admin.sock reads of a customer is in that customer's trail when this answers: the
  // one call here that writes to the disk.
  Result<AuditGrant> may_read_audit(const Principal& principal, const OrgId& org) const;

  // Sending events: keys with `ingest` for that org or for all. It needs no entitlement: what
  // happened before an operator enabled the page is there when it opens.
  Result<> may_ingest(const Principal& principal, const OrgId& org) const;
  // The same before the org is known, as events name it: the key's org (empty for a key for all).
  Result<std::optional<OrgId>> may_ingest(const Principal& principal) const;

  // The S3 integration and its deliveries: primary admins and admins of the org, keys with
  // `manage`, operators, admin.sock.
  Result<settings::Org> may_manage_s3(const Principal& principal, const OrgId& org) const;
  // The org's data packs, their runs and where they go: the same people and keys.
  Result<settings::Org> may_manage_data_packs(const Principal& principal, const OrgId& org) const;

  // Name, entitlements and windows: members of the org, keys for it, operators, admin.sock.
  Result<settings::Org> may_see_org(const Principal& principal, const OrgId& org) const;
  // Making and changing the org with that id, which need not exist: operators, keys with `manage`
  // for all orgs, admin.sock. A key for one org cannot: it would enable for itself what is the
  // vendor's decision.
  Result<> may_put_org(const Principal& principal, const OrgId& org) const;
  // Lists of all orgs: operators, keys with `manage` for all, admin.sock.
  Result<> may_list_orgs(const Principal& principal) const;

  // The org's people: primary admins and admins, keys with `manage`, operators, admin.sock. An
  // admin cannot give the role primary_admin.
  Result<settings::Org> may_manage_people(const Principal& principal, const OrgId& org) const;
  Result<settings::Org> may_give_role(const Principal& principal, const OrgId& org,
                                      settings::Role role) const;

  // How the org's people sign in: reading as may_manage_people; changing needs a primary admin
  // where an admin would do.
  Result<settings::Org> may_set_sign_in(const Principal& principal, const OrgId& org) const;

  // People over all orgs: operators, keys with `manage` for all, admin.sock.
  Result<> may_manage_everybody(const Principal& principal) const;
  bool is_of_the_vendor(const Principal& principal) const;

  // Tokens of an embedded page: keys with `read` or `manage` that cover the org.
  Result<settings::Org> may_make_links(const Principal& principal, const OrgId& org) const;

  // Keys for one org: operators, keys with `manage` for it or all, admin.sock. Keys for all orgs:
  // operators, admin.sock and keys with `manage` for all.
  Result<> may_manage_keys(const Principal& principal, const std::optional<OrgId>& org) const;

  // What the vendor sets for all organizations together: registered actions and their schemas,
  // masking. Reading: operators, keys for all orgs with `read` or `manage`, admin.sock; changing:
  // the same, of keys those with `manage`.
  Result<> may_read_registry(const Principal& principal) const;
  Result<> may_change_registry(const Principal& principal) const;

  // Operators, admin.sock: other operators, the clock, views over all orgs.
  Result<> may_operate(const Principal& principal) const;

 private:
  Result<settings::Org> org_for(const Principal& principal, const OrgId& org) const;
  Result<settings::Org> may_manage_integrations(const Principal& principal, const OrgId& org) const;

  const Orgs& orgs_;
  const Clock& clock_;
  Looks* const looks_;
};

}  // namespace trailkeeper::access
