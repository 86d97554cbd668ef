#include "access/invitations.h"

#include "access/password_resets.h"
#include "object_reader.h"
#include "query_reader.h"
#include "session_response.h"

// Invitations and new passwords, both by mail.
namespace trailkeeper::api {
namespace {

constexpr TextRule kToken{.bytes_max = 128};

void write_invitation(json::Writer& out, const settings::Invitation& invitation, Timestamp now) {
  out.begin_object().member("id", invitation.id.str()).member("email", invitation.email);
  member_or_null(out, "name", invitation.name);
  out.member("role", settings::role_name(invitation.role))
      .member("invited_by", invitation.invited_by);
  member_time(out, "created_at", invitation.created_at);
  member_time(out, "sent_at", invitation.sent_at);
  member_time(out, "expires_at", invitation.expires_at);
  out.member("expired", invitation.expires_at <= now).end_object();
}

httpd::Response render(int status, const settings::Invitation& invitation, Timestamp now) {
  json::Writer out;
  write_invitation(out, invitation, now);
  return json_response(status, out.take());
}

Result<httpd::Response> list(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_people(call.caller.principal, org));
  QueryReader query(call.request);
  const IdPage page = read_id_page(query);
  TRY(query.finish());
  auto found = TRY(services.invitations.list(org, page.after, page.limit + 1));
  const bool more = found.size() > page.limit;
  if (more) found.pop_back();
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const auto& invitation : found) write_invitation(out, invitation, services.clock.now());
  out.end_array();
  end_list(out, more ? found.back().id.str() : std::string());
  return json_response(200, out.take());
}

Result<httpd::Response> create(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_people(call.caller.principal, org));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  access::NewInvitation request;
  request.email = reader.text("email", {.bytes_max = 320});
  request.name =
      reader.optional_text("name", {.bytes_max = 800, .may_be_empty = true}).value_or("");
  const std::string role = reader.choice("role", {"primary_admin", "admin", "member"});
  TRY(reader.finish());
  request.role = settings::parse_role(role).value_or(settings::Role::member);
  TRY(services.permissions.may_give_role(call.caller.principal, org, request.role));
  return render(
      201,
      TRY(services.invitations.create(call.caller.principal, call.caller.origin, org, request)),
      services.clock.now());
}

// An invitation gives its role, so whoever may not give it leaves it alone.
Result<Uuid> changeable(const Call& call, const Services& services, const OrgId& org) {
  TRY(services.permissions.may_manage_people(call.caller.principal, org));
  const Uuid id = TRY(call.uuid("invitation"));
  const settings::Invitation found = TRY(services.invitations.find(org, id));
  TRY(services.permissions.may_give_role(call.caller.principal, org, found.role));
  return id;
}

Result<httpd::Response> remove(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const Uuid id = TRY(changeable(call, services, org));
  TRY(services.invitations.remove(call.caller.principal, call.caller.origin, org, id));
  return empty_response(204);
}

Result<httpd::Response> resend(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const Uuid id = TRY(changeable(call, services, org));
  return render(
      200, TRY(services.invitations.resend(call.caller.principal, call.caller.origin, org, id)),
      services.clock.now());
}

Result<std::string> token_of(const httpd::Request& request) {
  const JsonBody body = TRY(JsonBody::parse(request));
  ObjectReader reader(body.root());
  std::string token = reader.text("token", kToken);
  TRY(reader.finish());
  return token;
}

Result<httpd::Response> look(const httpd::Request& request, const Services& services,
                             const Gate& gate, const std::string& public_url) {
  TRY(gate.same_site(request));
  const std::string token = TRY(token_of(request));
  const access::InvitationLook found = TRY(services.invitations.look(token));
  const std::string org = found.invitation.org.str();
  json::Writer out;
  out.begin_object().key("org").begin_object();
  out.member("id", org).member("name", found.org_name).end_object();
  out.member("email", found.invitation.email);
  member_or_null(out, "name", found.invitation.name);
  out.member("role", settings::role_name(found.invitation.role)).member("known", found.known);
  member_time(out, "expires_at", found.invitation.expires_at);
  member_or_null(out, "sign_in_url",
                 found.by_provider ? public_url + "/v1/sign_in/oidc/" + org : std::string());
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> accept(const httpd::Request& request, const Services& services,
                               const Gate& gate) {
  TRY(gate.same_site(request));
  const JsonBody body = TRY(JsonBody::parse(request));
  ObjectReader reader(body.root());
  constexpr TextRule kMaybe{.bytes_max = 1024, .may_be_empty = true};
  access::Acceptance acceptance;
  acceptance.token = reader.text("token", kToken);
  acceptance.name = reader.optional_text("name", kMaybe).value_or("");
  acceptance.password = reader.optional_text("password", kMaybe).value_or("");
  acceptance.code =
      reader.optional_text("code", {.bytes_max = 32, .may_be_empty = true}).value_or("");
  acceptance.device = gate.cookie_of(request, Gate::kDevice);
  TRY(reader.finish());
  return session_begun(TRY(services.invitations.accept(acceptance, gate.origin(request))), services,
                       gate);
}

Result<httpd::Response> ask_reset(const httpd::Request& request, const Services& services,
                                  const Gate& gate) {
  TRY(gate.same_site(request));
  const JsonBody body = TRY(JsonBody::parse(request));
  ObjectReader reader(body.root());
  const std::string email = reader.text("email", {.bytes_max = 320});
  TRY(reader.finish());
  TRY(services.password_resets.ask(email, gate.origin(request)));
  return empty_response(202);
}

Result<httpd::Response> redeem_reset(const httpd::Request& request, const Services& services,
                                     const Gate& gate) {
  TRY(gate.same_site(request));
  const JsonBody body = TRY(JsonBody::parse(request));
  ObjectReader reader(body.root());
  const std::string token = reader.text("token", kToken);
  const std::string password = reader.text("password", {.bytes_max = 1024});
  const std::string code = reader.optional_text("code", {.bytes_max = 32}).value_or("");
  TRY(reader.finish());
  TRY(services.password_resets.redeem(token, password, code, gate.cookie_of(request, Gate::kDevice),
                                      gate.origin(request)));
  return empty_response(204);
}

}  // namespace

void add_invitation_routes(Routes& routes, const Services& services, const Options& options) {
  const Gate& gate = routes.gate();
  routes.add("GET", "/v1/orgs/{org}/invitations",
             [&](const Call& call) { return list(call, services); });
  routes.add("POST", "/v1/orgs/{org}/invitations",
             [&](const Call& call) { return create(call, services); });
  routes.add("DELETE", "/v1/orgs/{org}/invitations/{id}",
             [&](const Call& call) { return remove(call, services); });
  routes.add("POST", "/v1/orgs/{org}/invitations/{id}/resend",
             [&](const Call& call) { return resend(call, services); });
  routes.add_open("POST", "/v1/invitations/look", [&](const httpd::Request& request) {
    return look(request, services, gate, options.public_url);
  });
  routes.add_open("POST", "/v1/invitations/accept",
                  [&](const httpd::Request& request) { return accept(request, services, gate); });
  routes.add_open("POST", "/v1/password_resets", [&](const httpd::Request& request) {
    return ask_reset(request, services, gate);
  });
  routes.add_open("POST", "/v1/password_resets/redeem", [&](const httpd::Request& request) {
    return redeem_reset(request, services, gate);
  });
}

}  // namespace trailkeeper::api
