#include <algorithm>
#include <utility>

#include "access/oidc.h"
#include "actions.h"
#include "base/ascii.h"
#include "oidc_secret.h"
#include "text_rules.h"

namespace trailkeeper::access {

namespace {

using settings::OrgSignIn;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::size_t kDomainsMax = 50;

bool is_domain(const std::string& text) {
  if (text.size() < 3 || text.size() > 253 || text.find('.') == std::string::npos) return false;
  if (text.front() == '.' || text.back() == '.') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

std::vector<std::string> cleaned(const std::vector<std::string>& domains,
                                 std::vector<FieldProblem>& problems) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < domains.size(); ++i) {
    const std::string domain = lower_ascii(domains[i]);
    if (!is_domain(domain) || i >= kDomainsMax) {
      problems.push_back({"/allowed_domains/" + std::to_string(i), "domain",
                          "Give a domain such as example.com; at most 50."});
    }
    out.push_back(domain);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::vector<settings::Change> changes_between(const OrgSignIn& before, const OrgSignIn& after) {
  std::vector<settings::Change> changes;
  const auto add = [&](const char* field, std::string_view was, std::string_view is) {
    if (was != is) changes.push_back(text_change(field, was, is));
  };
  add("issuer", before.issuer, after.issuer);
  add("client_id", before.client_id, after.client_id);
  if (before.client_secret != after.client_secret) {
    add("client_secret", before.client_secret.empty() ? "" : "one",
        after.client_secret.empty() ? "" : "another");
  }
  add("allowed_domains", joined(before.domains), joined(after.domains));
  add("default_role", settings::role_name(before.default_role),
      settings::role_name(after.default_role));
  add("required", before.required ? "yes" : "no", after.required ? "yes" : "no");
  return changes;
}

bool adds_to(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  return !std::includes(before.begin(), before.end(), after.begin(), after.end());
}

}  // namespace

std::string sealed_secret(const crypto::Sealer& sealer, const OrgId& org,
                          const std::string& secret) {
  if (secret.empty()) return {};
  return sealer.seal({.table = "org_sign_in", .column = "client_secret", .row = org.str()}, secret);
}

Result<std::string> opened_secret(const crypto::Sealer& sealer, const OrgSignIn& sign_in) {
  if (sign_in.client_secret.empty()) return std::string();
  return sealer.open({.table = "org_sign_in", .column = "client_secret", .row = sign_in.org.str()},
                     sign_in.client_secret);
}

std::string domain_of(std::string_view email) {
  const std::size_t at = email.rfind('@');
  return at == std::string_view::npos ? std::string() : lower_ascii(email.substr(at + 1));
}

Result<std::optional<OrgSignIn>> Oidc::settings_of(const OrgId& org) {
  return store_.read([&](ReadTx& tx) { return settings::find_org_sign_in(tx, org); });
}

Result<OrgSignIn> Oidc::merged(const OrgId& org, const ProviderChange& change,
                               const std::optional<OrgSignIn>& before, bool of_the_vendor) const {
  OrgSignIn after = before.value_or(OrgSignIn{.org = org});
  const bool same = after.issuer == change.issuer && after.client_id == change.client_id;
  after.issuer = change.issuer;
  after.client_id = change.client_id;
  // A secret and a sign-in that worked belong to the provider they were for.
  if (!same) {
    after.client_secret.clear();
    after.last_sign_in_at.reset();
  }
  if (change.client_secret)
    after.client_secret = sealed_secret(sealer_, org, *change.client_secret);
  std::vector<FieldProblem> problems;
  if (change.domains) after.domains = cleaned(*change.domains, problems);
  if (change.default_role) after.default_role = *change.default_role;
  if (after.default_role == settings::Role::primary_admin) {
    problems.push_back({"/default_role", "not_allowed",
                        "A provider makes members or admins; primary admins are made here."});
  }
  if (change.required) after.required = *change.required;
  TRY(answer_problems(std::move(problems), "invalid_field"));
  const std::vector<std::string> had = before ? before->domains : std::vector<std::string>();
  if (!of_the_vendor && adds_to(had, after.domains)) {
    return Error{ErrorKind::forbidden, "operators_only",
                 "A domain leads its people here, so only the vendor adds one."};
  }
  if (after.required && !after.last_sign_in_at) {
    return Error{ErrorKind::conflict, "not_tried",
                 "Sign in by the provider once before everybody has to."};
  }
  return after;
}

Result<OrgSignIn> Oidc::put(const Principal& by, const settings::Origin& origin, const OrgId& org,
                            const ProviderChange& change, bool of_the_vendor) {
  if (org == settings::own_org()) {
    return Error{ErrorKind::forbidden, "reserved", "Operators sign in by password."};
  }
  const auto known = TRY(settings_of(org));
  TRY(merged(org, change, known, of_the_vendor));
  if (auto provider = providers_.metadata(change.issuer, true); !provider) {
    const std::string detail =
        "The issuer does not answer as a provider: " + provider.error().message + ".";
    return Error{ErrorKind::invalid, "bad_issuer", detail, {{"/issuer", "bad_issuer", detail}}};
  }
  auto put = store_.write([&](WriteTx& tx) -> Result<OrgSignIn> {
    const auto before = TRY(settings::find_org_sign_in(tx, org));
    const OrgSignIn after = TRY(merged(org, change, before, of_the_vendor));
    const auto changes = changes_between(before.value_or(OrgSignIn{.org = org}), after);
    if (changes.empty()) return after;
    TRY(settings::put_org_sign_in(tx, after));
    TRY(settings::add_to_outbox(tx,
                                {.info = kProviderChanged,
                                 .org = org,
                                 .actor = by.actor(&org),
                                 .origin = origin,
                                 .changes = changes},
                                clock_.now()));
    return after;
  });
  if (put || put.error().code != "constraint") return put;
  return Error{ErrorKind::conflict, "domain_taken",
               "One of the domains belongs to another organization."};
}

Result<> Oidc::remove(const Principal& by, const settings::Origin& origin, const OrgId& org) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    const auto before = TRY(settings::find_org_sign_in(tx, org));
    if (!before) return {};
    TRY(settings::remove_org_sign_in(tx, org));
    TRY(settings::remove_sessions_by(tx, "oidc", org));
    return settings::add_to_outbox(tx,
                                   {.info = kProviderRemoved,
                                    .org = org,
                                    .actor = by.actor(&org),
                                    .origin = origin,
                                    .changes = {text_change("issuer", before->issuer, "")}},
                                   clock_.now());
  });
}

Result<std::optional<OrgId>> Oidc::org_of_email(const std::string& email) {
  const std::string domain = domain_of(email);
  return store_.read([&](ReadTx& tx) { return settings::find_domain(tx, domain); });
}

}  // namespace trailkeeper::access
