#include "access/portal.h"

#include <algorithm>
#include <utility>

#include "actions.h"
#include "text_rules.h"
#include "tokens.h"

namespace trailkeeper::access {

namespace {

using settings::Guest;
using settings::PortalLink;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::size_t kTextBytesMax = 200;

// An entry stands for everything below it, and for no longer name that begins the same.
bool begins_with(const std::string& url, const std::string& entry) {
  if (entry.empty() || !url.starts_with(entry)) return false;
  const char next = url.size() == entry.size() ? '/' : url[entry.size()];
  return entry.back() == '/' || next == '/' || next == '?' || next == '#';
}

void check_guest(std::vector<FieldProblem>& problems, const Guest& guest) {
  if (!guest.id.empty()) check_name(problems, "/user/id", guest.id, kTextBytesMax);
  if (!guest.name.empty()) check_name(problems, "/user/name", guest.name, kTextBytesMax);
  if (guest.email.empty()) return;
  if (!settings::fold_email(guest.email))
    problems.push_back({"/user/email", "email", "This is not an email address."});
}

Result<PortalLink> find_valid(const ReadTx& tx, const std::string& token, Timestamp now) {
  if (token.size() != kTokenSize) return link_not_valid();
  const auto found = TRY(settings::find_portal_link(tx, crypto::sha256(token)));
  if (!found || found->expires_at <= now) return link_not_valid();
  return *found;
}

}  // namespace

Result<std::string> Portal::make_link(const Principal& by, const settings::Origin& origin,
                                      const NewPortalLink& request) {
  std::vector<FieldProblem> problems;
  check_guest(problems, request.guest);
  const bool returns =
      request.return_url.empty() ||
      std::any_of(options_.return_urls.begin(), options_.return_urls.end(),
                  [&](const std::string& entry) { return begins_with(request.return_url, entry); });
  if (!returns) {
    problems.push_back({"/return_url", "not_allowed",
                        "The operator's list portal.return_urls has no beginning of it."});
  } else if (!request.return_url.empty()) {
    check_name(problems, "/return_url", request.return_url, 2048);
  }
  TRY(answer_problems(std::move(problems), "invalid_field"));
  const Timestamp now = clock_.now();
  const std::string token = new_token();
  PortalLink link{.token_hash = crypto::sha256(token),
                  .id = Uuid::v7(now),
                  .org = request.org,
                  .guest = request.guest,
                  .intent = request.intent,
                  .return_url = request.return_url,
                  .expires_at = now + kPortalLinkLives};
  if (link.guest.id.empty()) link.guest.id = "portal:" + link.id.str();
  if (link.guest.name.empty()) link.guest.name = "Portal link";
  TRY(store_.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::add_portal_link(tx, link));
    return settings::add_to_outbox(
        tx,
        {.info = kPortalLinkMade,
         .org = link.org,
         .actor = by.actor(&link.org),
         .origin = origin,
         .targets = {{.type = "user", .id = link.guest.id, .name = link.guest.name}},
         .metadata = "{\"intent\":\"" + link.intent + "\"}"},
        now);
  }));
  return token;
}

Result<PortalLook> Portal::look(const std::string& token) {
  return store_.read([&](ReadTx& tx) -> Result<PortalLook> {
    PortalLook look{.link = TRY(find_valid(tx, token, clock_.now()))};
    const auto org = orgs_.find(look.link.org);
    look.org_name = org ? org->name : look.link.org.str();
    return look;
  });
}

Result<SignedIn> Portal::open(const std::string& token, const settings::Origin& origin) {
  return store_.write([&](WriteTx& tx) -> Result<SignedIn> {
    const PortalLink link = TRY(find_valid(tx, token, clock_.now()));
    TRY(settings::remove_portal_link(tx, link.token_hash));
    return sessions_.begin_guest(tx,
                                 {.guest = link.guest,
                                  .method = "portal",
                                  .org = link.org,
                                  .intent = link.intent,
                                  .return_url = link.return_url},
                                 origin, std::nullopt);
  });
}

Result<EmbedToken> Portal::make_embed_token(const Principal& by, const settings::Origin& origin,
                                            const OrgId& org, Guest guest,
                                            const std::string& parent) {
  std::vector<FieldProblem> problems;
  check_guest(problems, guest);
  if (std::find(options_.parents.begin(), options_.parents.end(), parent) ==
      options_.parents.end()) {
    problems.push_back(
        {"/parent", "not_allowed", "The operator's list embed.parents does not have this origin."});
  }
  TRY(answer_problems(std::move(problems), "invalid_field"));
  if (guest.id.empty()) guest.id = "embed:" + Uuid::v7(clock_.now()).str();
  if (guest.name.empty()) guest.name = "Embedded page";
  return store_.write([&](WriteTx& tx) -> Result<EmbedToken> {
    const SignedIn made = TRY(sessions_.begin_guest(
        tx, {.guest = guest, .method = "embed", .org = org}, origin, by.actor(&org)));
    return EmbedToken{.token = made.token, .expires_at = made.person.expires_at};
  });
}

Result<> Portal::forget_expired() {
  const Timestamp now = clock_.now();
  return store_.write([&](WriteTx& tx) { return settings::remove_expired_portal_links(tx, now); });
}

}  // namespace trailkeeper::access
