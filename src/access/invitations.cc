#include "access/invitations.h"

#include <utility>

#include "person_entries.h"
#include "settings/org_sign_in.h"
#include "text_rules.h"
#include "tokens.h"

namespace trailkeeper::access {

namespace {

using settings::Invitation;
using settings::Origin;
using settings::Person;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::size_t kNameBytesMax = 200;
constexpr std::chrono::minutes kBetweenMails{1};

Error no_such_invitation() {
  return {ErrorKind::not_found, "not_found", "There is no such invitation."};
}

Result<> check(const NewInvitation& request) {
  std::vector<FieldProblem> problems;
  if (auto folded = settings::fold_email(request.email); !folded) problems = folded.error().fields;
  if (!request.name.empty()) check_name(problems, "/name", request.name, kNameBytesMax);
  return answer_problems(std::move(problems), "invalid_field");
}

Result<> not_too_soon(const Invitation& invitation, Timestamp now) {
  const Timestamp free_at = invitation.sent_at + kBetweenMails;
  if (free_at <= now) return {};
  Error error{ErrorKind::limited, "slow_down", "A mail was sent to this address just now."};
  error.retry_after = std::chrono::ceil<std::chrono::seconds>(free_at - now);
  return error;
}

settings::OwnAction entry(const ActionInfo& info, const Principal& by, const Origin& origin,
                          const Invitation& invitation) {
  return {.info = info,
          .org = invitation.org,
          .actor = by.actor(&invitation.org),
          .origin = origin,
          .targets = {{.type = "invitation", .id = invitation.id.str(), .name = invitation.email}},
          .changes = {text_change("role", "", settings::role_name(invitation.role))}};
}

std::string name_of(const Principal& by) {
  const settings::Actor actor = by.actor();
  return actor.name.empty() ? actor.email : actor.name;
}

Result<bool> is_member(const ReadTx& tx, const Uuid& person, const OrgId& org) {
  for (const auto& membership : TRY(settings::memberships_of(tx, person))) {
    if (membership.org == org) return true;
  }
  return false;
}

// One that can be accepted.
Result<Invitation> find_valid(const ReadTx& tx, const std::string& token, Timestamp now) {
  if (token.size() != kTokenSize) return link_not_valid();
  const auto found = TRY(settings::find_invitation(tx, crypto::sha256(token)));
  if (!found || found->expires_at <= now) return link_not_valid();
  return *found;
}

}  // namespace

Result<Invitation> Invitations::send(WriteTx& tx, Invitation invitation) {
  const Timestamp now = clock_.now();
  const std::string token = new_token();
  invitation.token_hash = crypto::sha256(token);
  invitation.sent_at = now;
  invitation.expires_at = now + kInvitationLives;
  TRY(settings::put_invitation(tx, invitation));
  const auto org = orgs_.find(invitation.org);
  TRY(letters_.send(tx, InvitationLetter{.id = Uuid::v7(now).str(),
                                         .to = invitation.email,
                                         .org_name = org ? org->name : invitation.org.str(),
                                         .invited_by = invitation.invited_by,
                                         .token = token,
                                         .expires_at = invitation.expires_at}));
  return invitation;
}

Result<Invitation> Invitations::create(const Principal& by, const Origin& origin, const OrgId& org,
                                       const NewInvitation& request) {
  TRY(check(request));
  if (org == settings::own_org()) {
    return Error{ErrorKind::forbidden, "reserved",
                 "Only operators belong to the operators' own trail."};
  }
  return store_.write([&](WriteTx& tx) -> Result<Invitation> {
    const Timestamp now = clock_.now();
    const auto person = TRY(settings::find_person_by_email(tx, request.email));
    if (person && TRY(is_member(tx, person->id, org))) {
      return Error{ErrorKind::conflict, "already_member", "This person is here already."};
    }
    const auto before = TRY(settings::find_invitation_for(tx, org, request.email));
    if (before) TRY(not_too_soon(*before, now));
    if (!before && TRY(settings::count_invitations(tx, org)) >= kOpenInvitationsMax) {
      return Error{ErrorKind::conflict, "too_many_invitations",
                   "There are too many open invitations. Take some back first."};
    }
    const Invitation made = TRY(send(tx, {.id = before ? before->id : Uuid::v7(now),
                                          .org = org,
                                          .email = request.email,
                                          .name = request.name,
                                          .role = request.role,
                                          .invited_by = name_of(by),
                                          .created_at = before ? before->created_at : now}));
    TRY(settings::add_to_outbox(tx, entry(kInvited, by, origin, made), now));
    return made;
  });
}

Result<std::vector<Invitation>> Invitations::list(const OrgId& org, std::optional<Uuid> after,
                                                  std::size_t limit) {
  return store_.read([&](ReadTx& tx) { return settings::list_invitations(tx, org, after, limit); });
}

Result<Invitation> Invitations::find(const OrgId& org, const Uuid& id) {
  auto found = TRY(store_.read([&](ReadTx& tx) { return settings::find_invitation(tx, org, id); }));
  if (!found) return no_such_invitation();
  return *std::move(found);
}

Result<> Invitations::remove(const Principal& by, const Origin& origin, const OrgId& org,
                             const Uuid& id) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    const auto found = TRY(settings::find_invitation(tx, org, id));
    if (!found) return no_such_invitation();
    TRY(settings::remove_invitation(tx, id));
    return settings::add_to_outbox(tx, entry(kInvitationRemoved, by, origin, *found), clock_.now());
  });
}

Result<Invitation> Invitations::resend(const Principal& by, const Origin& origin, const OrgId& org,
                                       const Uuid& id) {
  return store_.write([&](WriteTx& tx) -> Result<Invitation> {
    const Timestamp now = clock_.now();
    const auto found = TRY(settings::find_invitation(tx, org, id));
    if (!found) return no_such_invitation();
    TRY(not_too_soon(*found, now));
    const Invitation sent = TRY(send(tx, *found));
    TRY(settings::add_to_outbox(tx, entry(kInvitedAgain, by, origin, sent), now));
    return sent;
  });
}

Result<InvitationLook> Invitations::look(const std::string& token) {
  return store_.read([&](ReadTx& tx) -> Result<InvitationLook> {
    InvitationLook look{.invitation = TRY(find_valid(tx, token, clock_.now()))};
    const OrgId& org = look.invitation.org;
    const auto found = orgs_.find(org);
    look.org_name = found ? found->name : org.str();
    const auto person = TRY(settings::find_person_by_email(tx, look.invitation.email));
    look.known = person && !person->password_hash.empty();
    look.by_provider = TRY(settings::requires_provider(tx, org));
    return look;
  });
}

// Who accepts: somebody known by password and code, or whoever holds the mailed token; then
// `new_hash` is of the password they chose, and the person's id may be empty.
Result<Proof> Invitations::prove(const Acceptance& acceptance, const InvitationLook& look,
                                 const Origin& origin, std::string& new_hash) {
  if (look.known) {
    return sessions_.prove({.email = look.invitation.email,
                            .password = acceptance.password,
                            .code = acceptance.code,
                            .device = acceptance.device},
                           origin);
  }
  auto person = TRY(store_.read(
      [&](ReadTx& tx) { return settings::find_person_by_email(tx, look.invitation.email); }));
  if (person && person->disabled) return link_not_valid();
  std::vector<FieldProblem> problems;
  if (!person) check_name(problems, "/name", acceptance.name, kNameBytesMax);
  if (auto fits = check_password_rules(acceptance.password); !fits) {
    const Error error = fits.error();
    problems.insert(problems.end(), error.fields.begin(), error.fields.end());
  }
  TRY(answer_problems(std::move(problems), "invalid_field"));
  Proof proof{.person = {.email = look.invitation.email, .name = acceptance.name},
              .method = "password"};
  if (person) {
    proof.person = *person;
    proof.method = TRY(sessions_.prove_code(*person, acceptance.code, acceptance.device, origin));
  }
  new_hash = TRY(passwords_.hash(acceptance.password));
  return proof;
}

Result<SignedIn> Invitations::accept(const Acceptance& acceptance, const Origin& origin) {
  const InvitationLook seen = TRY(look(acceptance.token));
  if (seen.by_provider) {
    return Error{ErrorKind::conflict, "sso_required",
                 "People of this organization sign in by its own provider."};
  }
  std::string new_hash;
  Proof proof = TRY(prove(acceptance, seen, origin, new_hash));
  return store_.write([&](WriteTx& tx) -> Result<SignedIn> {
    const Timestamp now = clock_.now();
    const Invitation invitation = TRY(find_valid(tx, acceptance.token, now));
    Person& person = proof.person;
    if (!new_hash.empty()) {
      person.password_hash = new_hash;
      if (person.id == Uuid{}) {
        person.id = Uuid::v7(now);
        person.created_at = now;
        TRY(settings::add_person(tx, person));
      } else {
        TRY(settings::update_person(tx, person));
      }
    }
    if (!TRY(is_member(tx, person.id, invitation.org))) {
      TRY(settings::put_membership(tx, person.id,
                                   {.org = invitation.org, .role = invitation.role}));
    }
    TRY(settings::remove_invitation(tx, invitation.id));
    TRY(note_own(tx,
                 {.info = kInvitationAccepted,
                  .origin = origin,
                  .changes = {text_change("role", "", settings::role_name(invitation.role))}},
                 person, now, invitation.org));
    return sessions_.begin(
        tx, person, {.method = proof.method, .device = acceptance.device, .know_device = true},
        origin);
  });
}

}  // namespace trailkeeper::access
