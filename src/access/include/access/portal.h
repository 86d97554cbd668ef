#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/orgs.h"
#include "access/principal.h"
#include "access/sessions.h"
#include "base/clock.h"
#include "base/result.h"
#include "settings/links.h"

namespace trailkeeper::access {

inline constexpr std::chrono::minutes kPortalLinkLives{5};

// What the vendor's product asks for; the guest's id may be empty.
struct NewPortalLink {
  OrgId org;
  std::string intent;  // audit_logs | log_streams
  settings::Guest guest{};
  std::string return_url{};  // may be empty
};

struct PortalLook {
  settings::PortalLink link;
  std::string org_name;
};

struct EmbedToken {
  std::string token;
  Timestamp expires_at{};
};

// People whom the vendor's product sends without a sign-in of their own: by a link that works once,
// within five minutes, and by short tokens of a page inside the product's own. Thread-safe.
class Portal {
 public:
  struct Options {
    std::vector<std::string> return_urls;  // beginnings of addresses that may be returned to
    std::vector<std::string> parents;      // origins whose pages may show the embedded one
  };

  Portal(settings::Store& store, const Orgs& orgs, Sessions& sessions, const Clock& clock,
         Options options)
      : store_(store),
        orgs_(orgs),
        sessions_(sessions),
        clock_(clock),
        options_(std::move(options)) {}

  // The token. Ask Permissions::may_manage_people first. `invalid` with pointers.
  Result<std::string> make_link(const Principal& by, const settings::Origin& origin,
                                const NewPortalLink& request);
  // Uses nothing up. `not_found` (`link_not_valid`).
  Result<PortalLook> look(const std::string& token);
  // Uses the link up: a session as an admin of that org, in the guest's name.
  Result<SignedIn> open(const std::string& token, const settings::Origin& origin);

  // Ask Permissions::may_make_links first. `invalid` with pointers.
  Result<EmbedToken> make_embed_token(const Principal& by, const settings::Origin& origin,
                                      const OrgId& org, settings::Guest guest,
                                      const std::string& parent);

  Result<> forget_expired();

 private:
  settings::Store& store_;
  const Orgs& orgs_;
  Sessions& sessions_;
  const Clock& clock_;
  const Options options_;
};

}  // namespace trailkeeper::access
