#include "access/oidc.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "json/document.h"
#include "json/writer.h"
#include "oidc_secret.h"
#include "person_entries.h"
#include "settings/invitations.h"
#include "text_rules.h"
#include "tokens.h"

namespace trailkeeper::access {

namespace {

using settings::OrgSignIn;
using settings::Person;
using settings::ReadTx;
using settings::Role;
using settings::WriteTx;

constexpr crypto::SealedPlace kFlowPlace{.table = "oidc", .column = "flow", .row = "cookie"};
constexpr std::size_t kFlowBytesMax = 8192;
constexpr std::size_t kNextBytesMax = 2048;
constexpr std::size_t kNameBytesMax = 200;

Error failed(std::string code, std::string message) {
  return {ErrorKind::unauthenticated, std::move(code), std::move(message)};
}

// The reason is for the operator; the browser learns the code.
Error sso_failed(const OrgId& org, const Error& why) {
  log::warn("a sign-in by provider failed",
            {{"org", org.str()}, {"code", why.code}, {"reason", why.message}});
  if (why.kind == ErrorKind::unavailable)
    return {ErrorKind::unavailable, "sso_unavailable", "The provider does not answer."};
  return failed("sso_failed", "The provider's answer does not hold.");
}

// A path of the console, or its start.
std::string checked_next(const std::string& next) {
  const bool path =
      next.starts_with('/') && !next.starts_with("//") && next.size() <= kNextBytesMax;
  const bool plain = std::all_of(next.begin(), next.end(),
                                 [](char c) { return c > ' ' && c < 0x7F && c != '\\'; });
  return path && plain ? next : "/";
}

// The name to show, however odd the provider's is.
std::string name_from(const IdentityClaims& claims) {
  std::vector<FieldProblem> problems;
  check_name(problems, "/name", claims.name, kNameBytesMax);
  return problems.empty() ? claims.name : claims.email.substr(0, kNameBytesMax);
}

bool has_domain(const OrgSignIn& sign_in, const std::string& email) {
  const auto& domains = sign_in.domains;
  return std::find(domains.begin(), domains.end(), domain_of(email)) != domains.end();
}

}  // namespace

// What has to be remembered until the provider sends the browser back.
struct Oidc::Flow {
  std::string org;
  std::string issuer;
  std::string state;
  std::string nonce;
  std::string verifier;
  std::string next;
  Timestamp expires_at{};
};

std::string Oidc::redirect_uri() const { return options_.public_url + "/v1/sign_in/oidc/callback"; }

Result<OidcBegun> Oidc::begin(const OrgId& org, const std::string& next) {
  const auto sign_in = TRY(settings_of(org));
  if (!sign_in)
    return Error{ErrorKind::not_found, "sso_not_set_up", "There is no provider for this sign-in."};
  auto provider = providers_.metadata(sign_in->issuer);
  if (!provider) {
    log::warn("a provider cannot be reached",
              {{"org", org.str()}, {"reason", provider.error().message}});
    return Error{ErrorKind::unavailable, "sso_unavailable", "The provider does not answer."};
  }
  const std::string state = new_token(), nonce = new_token(), verifier = new_token();
  json::Writer flow;
  flow.begin_object()
      .member("org", org.str())
      .member("issuer", sign_in->issuer)
      .member("state", state)
      .member("nonce", nonce)
      .member("verifier", verifier)
      .member("next", checked_next(next))
      .member("expires_at", to_micros(clock_.now() + kOidcFlowLives))
      .end_object();
  std::string url = provider->authorization_endpoint;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += "response_type=code&scope=openid%20email%20profile&client_id=" +
         form_escaped(sign_in->client_id) + "&redirect_uri=" + form_escaped(redirect_uri()) +
         "&state=" + state + "&nonce=" + nonce + "&code_challenge_method=S256&code_challenge=" +
         to_base64url(as_text(crypto::sha256(verifier)));
  return OidcBegun{.url = std::move(url), .flow = sealer_.seal(kFlowPlace, flow.str())};
}

Result<Oidc::Flow> Oidc::open_flow(const OidcReturn& back) const {
  const Error expired = failed("sso_expired", "This sign-in took too long, or began elsewhere.");
  if (back.flow.empty() || back.flow.size() > kFlowBytesMax) return expired;
  const auto opened = sealer_.open(kFlowPlace, back.flow);
  if (!opened) return expired;
  json::Document document;
  const auto root = document.parse(*opened);
  if (!root) return expired;
  const auto text = [&](std::string_view name) {
    const auto found = root->find(name);
    return found ? std::string(found->text()) : std::string();
  };
  Flow flow{.org = text("org"),
            .issuer = text("issuer"),
            .state = text("state"),
            .nonce = text("nonce"),
            .verifier = text("verifier"),
            .next = text("next")};
  const auto end = root->find("expires_at");
  flow.expires_at = from_micros(end ? end->integer().value_or(0) : 0);
  if (flow.expires_at <= clock_.now() || flow.state.empty()) return expired;
  if (!crypto::constant_time_equal(flow.state, back.state)) return expired;
  return flow;
}

Result<IdentityClaims> Oidc::claims_of(const OrgSignIn& sign_in, const Flow& flow,
                                       const OidcReturn& back) {
  const ProviderMetadata provider = TRY(providers_.metadata(sign_in.issuer));
  // RFC 9207: the answer has to come from the provider that was asked.
  if (provider.names_itself ? back.issuer != sign_in.issuer
                            : !back.issuer.empty() && back.issuer != sign_in.issuer) {
    return Error{ErrorKind::invalid, "bad_token", "another provider answered"};
  }
  const ProviderTokens tokens = TRY(providers_.exchange(
      provider,
      "grant_type=authorization_code&code=" + form_escaped(back.code) +
          "&redirect_uri=" + form_escaped(redirect_uri()) + "&code_verifier=" + flow.verifier,
      sign_in.client_id, TRY(opened_secret(sealer_, sign_in))));
  const IdTokenRules rules{.issuer = sign_in.issuer,
                           .client_id = sign_in.client_id,
                           .nonce = flow.nonce,
                           .now = wall_.now()};
  auto claims = check_id_token(tokens.id_token, TRY(providers_.keys(provider, false)), rules);
  if (!claims && claims.error().code == "unknown_key") {
    // The provider may have new ones.
    claims = check_id_token(tokens.id_token, TRY(providers_.keys(provider, true)), rules);
  }
  if (!claims) return claims;
  if (!claims->email.empty() || provider.userinfo_endpoint.empty() || tokens.access_token.empty())
    return claims;
  return parse_userinfo(TRY(providers_.userinfo(provider, tokens.access_token)), claims->subject);
}

Result<OidcDone> Oidc::finish(const OidcReturn& back, const settings::Origin& origin) {
  const Flow flow = TRY(open_flow(back));
  const auto org = OrgId::parse(flow.org);
  const auto sign_in = org ? TRY(settings_of(*org)) : std::nullopt;
  if (!sign_in || sign_in->issuer != flow.issuer || !orgs_.exists(*org))
    return failed("sso_expired", "The sign-in was changed meanwhile. Begin again.");
  if (!back.error.empty()) return failed("sso_denied", "The provider did not let you in.");
  const auto claims = claims_of(*sign_in, flow, back);
  if (!claims) return sso_failed(*org, claims.error());
  return OidcDone{.signed_in = TRY(enter(*sign_in, *claims, origin)), .next = flow.next};
}

// Who is meant: by the provider's own id, else by a verified address of an allowed domain, or of
// an invitation.
Result<SignedIn> Oidc::enter(const OrgSignIn& sign_in, const IdentityClaims& claims,
                             const settings::Origin& origin) {
  return store_.write([&](WriteTx& tx) -> Result<SignedIn> {
    const Timestamp now = clock_.now();
    const OrgId& org = sign_in.org;
    const Error no_email =
        failed("sso_email", "The provider gave no verified address of an allowed domain.");
    std::optional<Person> person;
    const auto linked = TRY(settings::find_identity(tx, org, sign_in.issuer, claims.subject));
    if (linked) person = TRY(settings::find_person(tx, *linked));
    const bool trusted = claims.email_verified && settings::fold_email(claims.email).has_value();
    const auto invitation = trusted ? TRY(settings::find_invitation_for(tx, org, claims.email))
                                    : std::optional<settings::Invitation>();
    const bool invited = invitation && invitation->expires_at > now;
    if (!person) {
      if (!trusted || !(invited || has_domain(sign_in, claims.email))) return no_email;
      person = TRY(settings::find_person_by_email(tx, claims.email));
      if (!person) {
        person = Person{.id = Uuid::v7(now),
                        .email = claims.email,
                        .name = name_from(claims),
                        .created_at = now};
        TRY(settings::add_person(tx, *person));
      }
      TRY(settings::add_identity(tx, org, sign_in.issuer, claims.subject, person->id, now));
    }
    if (person->disabled) return failed("sso_disabled", "This person was disabled here.");
    const auto memberships = TRY(settings::memberships_of(tx, person->id));
    const bool member = std::any_of(memberships.begin(), memberships.end(),
                                    [&](const auto& one) { return one.org == org; });
    if (!member) {
      const Role role = invited ? invitation->role : sign_in.default_role;
      TRY(settings::put_membership(tx, person->id, {.org = org, .role = role}));
      TRY(note_own(tx,
                   {.info = invited ? kInvitationAccepted : kMemberAdded,
                    .origin = origin,
                    .changes = {text_change("role", "", settings::role_name(role))},
                    .about_themselves = false},
                   *person, now, org));
    }
    if (invitation) TRY(settings::remove_invitation(tx, invitation->id));
    TRY(settings::note_org_sign_in(tx, org, now));
    return sessions_.begin(tx, *person, {.method = "oidc", .only_org = org}, origin);
  });
}

}  // namespace trailkeeper::access
