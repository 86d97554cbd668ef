#include "object_reader.h"
#include "resources.h"

// Links for an organization's admins, as WorkOS' clients ask for them.
namespace trailkeeper::api {
namespace {

struct Wanted {
  std::string org;
  std::string intent;
};

// What the link is for elsewhere (return_url and the like) is checked and not used: the sign-in
// leads to the page itself.
Result<Wanted> parse(const JsonBody& body) {
  ObjectReader reader(body.root());
  Wanted wanted;
  wanted.org = reader.text("organization", {.bytes_max = 64});
  wanted.intent = reader.choice("intent", {"audit_logs", "log_streams"});
  for (const char* name : {"return_url", "success_url"}) {
    reader.optional_text(name, {.bytes_max = 2048, .may_be_empty = true});
  }
  reader.optional_text("external_user_id");
  reader.texts("it_contact_emails", 20);
  reader.texts("admin_emails", 20);
  reader.optional_object("intent_options");
  TRY(reader.finish());
  return wanted;
}

Result<httpd::Response> generate(const Call& call, const Services& services,
                                 const std::string& public_url) {
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const Wanted wanted = TRY(parse(body));
  const auto org = OrgId::parse(wanted.org);
  if (!org) return Error{ErrorKind::not_found, "org_not_found", "There is no such organization."};
  // Who may hand out the page is who may look after the organization's people.
  const settings::Org found =
      TRY(services.permissions.may_manage_people(call.caller.principal, *org));
  const bool streams = wanted.intent == "log_streams";
  if (streams ? !found.entitlements.s3 : !found.entitlements.audit_logs) {
    return Error{ErrorKind::forbidden, "not_enabled",
                 "What the link would lead to is not enabled for this organization."};
  }
  json::Writer out;
  out.begin_object().member("link", public_url + "/sign-in?next=%2Forgs%2F" + org->str() +
                                        "%2Fsettings%2F" +
                                        (streams ? "integrations%2Fs3" : "audit-logs"));
  return json_response(201, out.end_object().take());
}

}  // namespace

void add_portal_routes(Routes& routes, const Services& services, const Options& options) {
  routes.add(
      "POST", "/portal/generate_link",
      [&](const Call& call) { return generate(call, services, options.public_url); },
      Surface::workos);
}

}  // namespace trailkeeper::api
