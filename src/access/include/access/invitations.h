#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/letters.h"
#include "access/orgs.h"
#include "access/passwords.h"
#include "access/principal.h"
#include "access/sessions.h"
#include "base/clock.h"
#include "base/result.h"
#include "settings/invitations.h"

namespace trailkeeper::access {

inline constexpr std::chrono::hours kInvitationLives{24 * 7};
inline constexpr std::uint64_t kOpenInvitationsMax = 1000;  // of an org

struct NewInvitation {
  std::string email;
  std::string name{};  // at most 200 bytes; may be empty
  settings::Role role = settings::Role::member;
};

// What the link of an invitation is for.
struct InvitationLook {
  settings::Invitation invitation;
  std::string org_name;
  bool known = false;        // there is a person with a password already
  bool by_provider = false;  // people of the org sign in by its provider
};

struct Acceptance {
  std::string token;
  std::string name{};
  std::string password{};
  std::string code{};
  std::string device{};  // as in Credentials
};

// Invitations by mail. Whoever reads the mailbox joins; who is known already proves to be that
// person. Thread-safe; each change is durable on return, with its entry in the org's trail.
class Invitations {
 public:
  Invitations(settings::Store& store, const Orgs& orgs, Passwords& passwords, Sessions& sessions,
              Letters& letters, const Clock& clock)
      : store_(store),
        orgs_(orgs),
        passwords_(passwords),
        sessions_(sessions),
        letters_(letters),
        clock_(clock) {}

  // Ask Permissions::may_give_role first. The same address again replaces the invitation. `invalid`
  // with pointers; `conflict` (`already_member`, `too_many_invitations`); `limited` (`slow_down`)
  // within a minute of the last mail.
  Result<settings::Invitation> create(const Principal& by, const settings::Origin& origin,
                                      const OrgId& org, const NewInvitation& request);
  Result<std::vector<settings::Invitation>> list(const OrgId& org, std::optional<Uuid> after,
                                                 std::size_t limit);
  // `not_found`.
  Result<settings::Invitation> find(const OrgId& org, const Uuid& id);
  Result<> remove(const Principal& by, const settings::Origin& origin, const OrgId& org,
                  const Uuid& id);
  // With a new link.
  Result<settings::Invitation> resend(const Principal& by, const settings::Origin& origin,
                                      const OrgId& org, const Uuid& id);

  // `not_found` (`link_not_valid`), as accept().
  Result<InvitationLook> look(const std::string& token);
  // `invalid` with pointers; what Sessions::prove() answers; `conflict` (`sso_required`).
  Result<SignedIn> accept(const Acceptance& acceptance, const settings::Origin& origin);

 private:
  Result<settings::Invitation> send(settings::WriteTx& tx, settings::Invitation invitation);
  Result<Proof> prove(const Acceptance& acceptance, const InvitationLook& look,
                      const settings::Origin& origin, std::string& new_hash);

  settings::Store& store_;
  const Orgs& orgs_;
  Passwords& passwords_;
  Sessions& sessions_;
  Letters& letters_;
  const Clock& clock_;
};

}  // namespace trailkeeper::access
