#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/orgs.h"
#include "access/principal.h"
#include "access/provider.h"
#include "access/sessions.h"
#include "base/clock.h"
#include "base/result.h"
#include "crypto/sealer.h"
#include "settings/org_sign_in.h"

namespace trailkeeper::access {

// How long somebody may take at the provider.
inline constexpr std::chrono::minutes kOidcFlowLives{10};

// What a PUT of an org's provider says; what is absent stays as it was.
struct ProviderChange {
  std::string issuer;
  std::string client_id;
  std::optional<std::string> client_secret{};  // empty text: none
  std::optional<std::vector<std::string>> domains{};
  std::optional<settings::Role> default_role{};  // not primary_admin
  std::optional<bool> required{};
};

// On the way to the provider.
struct OidcBegun {
  std::string url;
  std::string flow;  // sealed; for a cookie of this browser
};

// Back from it.
struct OidcReturn {
  std::string flow;  // of the cookie
  std::string state;
  std::string code;
  std::string issuer;  // `iss`; may be empty
  std::string error;   // of the provider; may be empty
};
struct OidcDone {
  SignedIn signed_in;
  std::string next;  // a path of the console
};

// Sign-in by an organization's own OpenID Connect provider: authorisation code with PKCE. A session
// that begins so reaches that organization and no other, because its provider can say anything.
// Thread-safe; the calls that reach the provider block for seconds at most.
class Oidc {
 public:
  struct Options {
    std::string public_url;  // without a slash at its end
  };

  Oidc(settings::Store& store, const Orgs& orgs, Sessions& sessions, Providers& providers,
       const crypto::Sealer& sealer, const Clock& clock, const Clock& wall, Options options)
      : store_(store),
        orgs_(orgs),
        sessions_(sessions),
        providers_(providers),
        sealer_(sealer),
        clock_(clock),
        wall_(wall),
        options_(std::move(options)) {}

  std::string redirect_uri() const;

  Result<std::optional<settings::OrgSignIn>> settings_of(const OrgId& org);
  // Ask Permissions::may_set_sign_in first; `of_the_vendor` may add domains. `invalid` with
  // pointers; `forbidden` (`operators_only`) for a new domain of others; `conflict`
  // (`domain_taken`, `not_tried`).
  Result<settings::OrgSignIn> put(const Principal& by, const settings::Origin& origin,
                                  const OrgId& org, const ProviderChange& change,
                                  bool of_the_vendor);
  // Ends the sessions that began by it.
  Result<> remove(const Principal& by, const settings::Origin& origin, const OrgId& org);

  // The org whose provider knows people of that address's domain; says nothing about people.
  Result<std::optional<OrgId>> org_of_email(const std::string& email);

  // `not_found` (`sso_not_set_up`), `unavailable` (`sso_unavailable`).
  Result<OidcBegun> begin(const OrgId& org, const std::string& next);
  // Codes of errors: `sso_expired`, `sso_denied`, `sso_failed`, `sso_email`, `sso_disabled`,
  // `sso_unavailable`. The reasons are logged.
  Result<OidcDone> finish(const OidcReturn& back, const settings::Origin& origin);

 private:
  struct Flow;
  Result<Flow> open_flow(const OidcReturn& back) const;
  Result<IdentityClaims> claims_of(const settings::OrgSignIn& sign_in, const Flow& flow,
                                   const OidcReturn& back);
  Result<SignedIn> enter(const settings::OrgSignIn& sign_in, const IdentityClaims& claims,
                         const settings::Origin& origin);
  Result<settings::OrgSignIn> merged(const OrgId& org, const ProviderChange& change,
                                     const std::optional<settings::OrgSignIn>& before,
                                     bool of_the_vendor) const;

  settings::Store& store_;
  const Orgs& orgs_;
  Sessions& sessions_;
  Providers& providers_;
  const crypto::Sealer& sealer_;
  const Clock& clock_;
  const Clock& wall_;
  const Options options_;
};

}  // namespace trailkeeper::access
