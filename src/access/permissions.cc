#include "access/permissions.h"

#include <string>
#include <utility>

#include "access/looks.h"

namespace trailkeeper::access {

namespace {

using settings::Org;
using settings::Role;

// What is not there and what is not for this caller look alike.
Error org_not_found() {
  return {ErrorKind::not_found, "org_not_found", "There is no such organization."};
}

Error forbidden(std::string code, std::string message) {
  return {ErrorKind::forbidden, std::move(code), std::move(message)};
}

Error role_too_low() {
  return forbidden("role_too_low",
                   "Only primary admins and admins of the organization may do this.");
}

Error scope_missing(std::string_view scope) {
  return forbidden("scope_missing", "This key does not have the scope " + std::string(scope) + ".");
}

Error all_orgs_needed() {
  return forbidden("scope_missing",
                   "This needs a key with the scope manage for all organizations.");
}

Error operators_only() { return forbidden("operators_only", "Only operators may do this."); }

Error not_enabled(std::string_view what) {
  return forbidden("not_enabled",
                   std::string(what) +
                       " is not enabled for this organization. Ask your contact at the"
                       " vendor to enable it.");
}

// A portal link or an embedded page ends; what it could do to people would stay.
Result<> no_guests(const Principal& principal) {
  const SessionPerson* person = principal.person();
  if (person == nullptr || !person->guest) return {};
  return forbidden("guest", "This needs a sign-in of one's own.");
}

bool is_admin(const SessionPerson& person, const OrgId& org) {
  const auto role = person.role_in(org);
  return role == Role::primary_admin || role == Role::admin;
}

}  // namespace

Result<Org> Permissions::org_for(const Principal& principal, const OrgId& org) const {
  const auto found = orgs_.find(org);
  if (!found) return org_not_found();
  if (const SessionPerson* person = principal.person()) {
    if (!person->is_operator && !person->role_in(org)) return org_not_found();
  }
  if (const ApplicationKey* key = principal.key()) {
    if (!key->covers(org)) return org_not_found();
  }
  return *found;
}

Result<AuditGrant> Permissions::may_read_audit(const Principal& principal, const OrgId& org) const {
  AuditGrant grant{.org = TRY(org_for(principal, org))};
  // Its own trail the vendor sees whole.
  const bool own_trail = org == settings::own_org();
  if (principal.is_socket()) {
    if (!own_trail && looks_ != nullptr) TRY(looks_->note_reading(principal, org));
    return grant;
  }
  if (const ApplicationKey* key = principal.key()) {
    if (!key->scopes.read) return scope_missing("read");
  }
  const SessionPerson* person = principal.person();
  const bool vendor = person != nullptr && person->is_operator;
  if (person != nullptr && !(vendor && own_trail)) {
    if (!vendor && !is_admin(*person, org)) return role_too_low();
    // The viewing window is what the vendor offers its customers.
    grant.visible_from = clock_.now() - std::chrono::hours(24) * grant.org.viewing_window_days;
  }
  if (!grant.org.entitlements.audit_logs) return not_enabled("The audit log");
  if (vendor && !own_trail) {
    if (looks_ == nullptr) return role_too_low();
    TRY(looks_->note_reading(principal, org));
  }
  return grant;
}

Result<> Permissions::may_ingest(const Principal& principal, const OrgId& org) const {
  TRY(may_ingest(principal));
  TRY(org_for(principal, org));
  // What the operators' own trail says, only this server says.
  if (org == settings::own_org()) return org_not_found();
  return {};
}

Result<std::optional<OrgId>> Permissions::may_ingest(const Principal& principal) const {
  const ApplicationKey* key = principal.key();
  if (key == nullptr) return forbidden("key_needed", "Events are sent with an application key.");
  if (!key->scopes.ingest) return scope_missing("ingest");
  return key->org;
}

Result<Org> Permissions::may_manage_integrations(const Principal& principal,
                                                 const OrgId& org) const {
  Org found = TRY(org_for(principal, org));
  if (const ApplicationKey* key = principal.key()) {
    if (!key->scopes.manage) return scope_missing("manage");
  }
  if (const SessionPerson* person = principal.person()) {
    if (!person->is_operator && !is_admin(*person, org)) return role_too_low();
    if (person->is_embedded()) TRY(no_guests(principal));
  }
  return found;
}

Result<Org> Permissions::may_manage_s3(const Principal& principal, const OrgId& org) const {
  Org found = TRY(may_manage_integrations(principal, org));
  if (!found.entitlements.s3) return not_enabled("The S3 integration");
  return found;
}

Result<Org> Permissions::may_manage_data_packs(const Principal& principal, const OrgId& org) const {
  Org found = TRY(may_manage_integrations(principal, org));
  if (!found.entitlements.data_packs) return not_enabled("Data packs");
  return found;
}

Result<Org> Permissions::may_see_org(const Principal& principal, const OrgId& org) const {
  return org_for(principal, org);
}

Result<> Permissions::may_put_org(const Principal& principal, const OrgId& org) const {
  if (const ApplicationKey* key = principal.key()) {
    // A key for one org learns nothing of others here.
    if (!key->covers(org)) return org_not_found();
    if (!key->scopes.manage || key->org) return all_orgs_needed();
    return {};
  }
  if (const SessionPerson* person = principal.person()) {
    if (person->is_operator) return {};
    TRY(org_for(principal, org));
    return operators_only();
  }
  return {};
}

Result<> Permissions::may_list_orgs(const Principal& principal) const {
  if (const ApplicationKey* key = principal.key()) {
    if (!key->scopes.manage || key->org) return all_orgs_needed();
    return {};
  }
  return may_operate(principal);
}

Result<Org> Permissions::may_manage_people(const Principal& principal, const OrgId& org) const {
  Org found = TRY(org_for(principal, org));
  TRY(no_guests(principal));
  if (const ApplicationKey* key = principal.key()) {
    if (!key->scopes.manage) return scope_missing("manage");
  }
  if (const SessionPerson* person = principal.person()) {
    if (!person->is_operator && !is_admin(*person, org)) return role_too_low();
  }
  return found;
}

Result<Org> Permissions::may_give_role(const Principal& principal, const OrgId& org,
                                       Role role) const {
  Org found = TRY(may_manage_people(principal, org));
  const SessionPerson* person = principal.person();
  if (role == Role::primary_admin && person != nullptr && !person->is_operator &&
      person->role_in(org) != Role::primary_admin) {
    return forbidden("role_too_low", "Only a primary admin can make someone a primary admin.");
  }
  return found;
}

Result<Org> Permissions::may_set_sign_in(const Principal& principal, const OrgId& org) const {
  Org found = TRY(may_manage_people(principal, org));
  const SessionPerson* person = principal.person();
  if (person != nullptr && !person->is_operator && person->role_in(org) != Role::primary_admin) {
    return forbidden("role_too_low", "Only a primary admin can change how people sign in.");
  }
  return found;
}

Result<> Permissions::may_manage_everybody(const Principal& principal) const {
  return may_list_orgs(principal);
}

bool Permissions::is_of_the_vendor(const Principal& principal) const {
  return may_list_orgs(principal).has_value();
}

Result<Org> Permissions::may_make_links(const Principal& principal, const OrgId& org) const {
  const ApplicationKey* key = principal.key();
  if (key == nullptr) {
    return forbidden("key_needed", "The vendor's product makes these, with an application key.");
  }
  Org found = TRY(org_for(principal, org));
  if (!key->scopes.manage && !key->scopes.read) return scope_missing("read or manage");
  return found;
}

Result<> Permissions::may_manage_keys(const Principal& principal,
                                      const std::optional<OrgId>& org) const {
  if (const ApplicationKey* key = principal.key()) {
    if (org && !key->covers(*org)) return org_not_found();
    if (!key->scopes.manage) return scope_missing("manage");
    if (!org && key->org) return all_orgs_needed();
    return {};
  }
  return may_operate(principal);
}

Result<> Permissions::may_read_registry(const Principal& principal) const {
  const ApplicationKey* key = principal.key();
  if (key == nullptr) return may_operate(principal);
  if (!key->org && (key->scopes.read || key->scopes.manage)) return {};
  return forbidden("scope_missing",
                   "This needs a key with the scope read or manage for all organizations.");
}

Result<> Permissions::may_change_registry(const Principal& principal) const {
  return may_list_orgs(principal);
}

Result<> Permissions::may_operate(const Principal& principal) const {
  if (principal.is_socket()) return {};
  const SessionPerson* person = principal.person();
  if (person != nullptr && person->is_operator) return {};
  return operators_only();
}

}  // namespace trailkeeper::access
