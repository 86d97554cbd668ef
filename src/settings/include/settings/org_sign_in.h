#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/people.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// The OpenID Connect provider of an org.
struct OrgSignIn {
  OrgId org;
  std::string issuer;
  std::string client_id;
  std::string client_secret{};         // sealed; empty: none
  std::vector<std::string> domains{};  // lower case; its people's addresses end in one of them
  Role default_role = Role::member;
  bool required = false;  // its people cannot use a password
  std::optional<Timestamp> last_sign_in_at{};
};

Result<std::optional<OrgSignIn>> find_org_sign_in(const ReadTx& tx, const OrgId& org);
// `conflict` (code `constraint`) when another org has one of the domains.
Result<> put_org_sign_in(WriteTx& tx, const OrgSignIn& sign_in);
Result<> remove_org_sign_in(WriteTx& tx, const OrgId& org);
Result<> note_org_sign_in(WriteTx& tx, const OrgId& org, Timestamp now);
// The org whose people have addresses in `domain` (lower case).
Result<std::optional<OrgId>> find_domain(const ReadTx& tx, std::string_view domain);
// Whether a password does not open this org.
Result<bool> requires_provider(const ReadTx& tx, const OrgId& org);

// Who is meant by `subject` of the org's provider.
Result<std::optional<Uuid>> find_identity(const ReadTx& tx, const OrgId& org,
                                          std::string_view issuer, std::string_view subject);
Result<> add_identity(WriteTx& tx, const OrgId& org, std::string_view issuer,
                      std::string_view subject, const Uuid& person, Timestamp now);
Result<> remove_identities(WriteTx& tx, const OrgId& org, const Uuid& person);

}  // namespace trailkeeper::settings
