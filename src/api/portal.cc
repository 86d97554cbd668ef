#include "access/portal.h"

#include "object_reader.h"
#include "session_response.h"

// People whom the vendor's product sends: links as WorkOS' clients ask for them, and the embedded
// page.
namespace trailkeeper::api {
namespace {

// Whose name the vendor passes; all of it may be absent.
settings::Guest read_guest(ObjectReader& reader) {
  settings::Guest guest;
  const auto node = reader.optional_object("user");
  if (!node) return guest;
  ObjectReader user(*node, reader.pointer_of("user"));
  guest.id = user.text("id", {.bytes_max = 200});
  guest.name = user.optional_text("name", {.bytes_max = 200}).value_or("");
  guest.email = user.optional_text("email", {.bytes_max = 320}).value_or("");
  reader.join(user);
  return guest;
}

struct Wanted {
  std::string org;
  std::string intent;
  std::string return_url;
  settings::Guest guest;
};

// What WorkOS' clients may send beyond it is checked and not used.
Result<Wanted> parse(const JsonBody& body) {
  ObjectReader reader(body.root());
  Wanted wanted;
  wanted.org = reader.text("organization", {.bytes_max = 64});
  wanted.intent = reader.choice("intent", {"audit_logs", "log_streams"});
  constexpr TextRule kUrl{.bytes_max = 2048, .may_be_empty = true};
  wanted.return_url = reader.optional_text("return_url", kUrl).value_or("");
  wanted.guest = read_guest(reader);
  reader.optional_text("success_url", kUrl);
  reader.optional_text("external_user_id");
  reader.texts("it_contact_emails", 20);
  reader.texts("admin_emails", 20);
  reader.optional_object("intent_options");
  TRY(reader.finish());
  return wanted;
}

Result<> check_enabled(const settings::Org& org, bool streams) {
  if (streams ? org.entitlements.s3 : org.entitlements.audit_logs) return {};
  return Error{ErrorKind::forbidden, "not_enabled",
               "What the link would lead to is not enabled for this organization."};
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
  TRY(check_enabled(found, wanted.intent == "log_streams"));
  const std::string token = TRY(services.portal.make_link(call.caller.principal, call.caller.origin,
                                                          {.org = *org,
                                                           .intent = wanted.intent,
                                                           .guest = wanted.guest,
                                                           .return_url = wanted.return_url}));
  json::Writer out;
  out.begin_object().member("link", public_url + "/portal#" + token);
  return json_response(201, out.end_object().take());
}

Result<std::string> token_of(const httpd::Request& request) {
  const JsonBody body = TRY(JsonBody::parse(request));
  ObjectReader reader(body.root());
  std::string token = reader.text("token", {.bytes_max = 128});
  TRY(reader.finish());
  return token;
}

Result<httpd::Response> look(const httpd::Request& request, const Services& services,
                             const Gate& gate) {
  TRY(gate.same_site(request));
  const access::PortalLook found = TRY(services.portal.look(TRY(token_of(request))));
  json::Writer out;
  out.begin_object().key("org").begin_object();
  out.member("id", found.link.org.str()).member("name", found.org_name).end_object();
  out.member("intent", found.link.intent);
  member_or_null(out, "return_url", found.link.return_url);
  member_time(out, "expires_at", found.link.expires_at);
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> open(const httpd::Request& request, const Services& services,
                             const Gate& gate) {
  TRY(gate.same_site(request));
  const std::string token = TRY(token_of(request));
  return session_begun(TRY(services.portal.open(token, gate.origin(request))), services, gate);
}

Result<httpd::Response> make_embed_token(const Call& call, const Services& services,
                                         const std::string& public_url) {
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const std::string org_text = reader.text("organization_id", {.bytes_max = 64});
  const std::string parent = reader.text("parent", {.bytes_max = 512});
  const settings::Guest guest = read_guest(reader);
  TRY(reader.finish());
  const auto org = OrgId::parse(org_text);
  if (!org) return Error{ErrorKind::not_found, "org_not_found", "There is no such organization."};
  TRY(check_enabled(TRY(services.permissions.may_make_links(call.caller.principal, *org)), false));
  const access::EmbedToken made = TRY(services.portal.make_embed_token(
      call.caller.principal, call.caller.origin, *org, guest, parent));
  json::Writer out;
  out.begin_object()
      .member("token", made.token)
      .member("url", public_url + "/embed/audit-logs#" + made.token);
  member_time(out, "expires_at", made.expires_at);
  return json_response(201, out.end_object().take());
}

}  // namespace

void add_portal_routes(Routes& routes, const Services& services, const Options& options) {
  routes.add(
      "POST", "/portal/generate_link",
      [&](const Call& call) { return generate(call, services, options.public_url); },
      Surface::workos);
  const Gate& gate = routes.gate();
  routes.add_open("POST", "/v1/portal/look",
                  [&](const httpd::Request& request) { return look(request, services, gate); });
  routes.add_open("POST", "/v1/portal/sessions",
                  [&](const httpd::Request& request) { return open(request, services, gate); });
  routes.add("POST", "/v1/embed_tokens", [&](const Call& call) {
    return make_embed_token(call, services, options.public_url);
  });
}

}  // namespace trailkeeper::api
