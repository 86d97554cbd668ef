#include <chrono>

#include "object_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

void write_org(json::Writer& out, const settings::Org& org, settings::Role role) {
  out.begin_object()
      .member("id", org.id.str())
      .member("name", org.name)
      .member("role", settings::role_name(role));
  write_entitlements(out, org.entitlements);
  out.member("viewing_window_days", org.viewing_window_days).end_object();
}

std::string render(const access::SessionPerson& person, const Services& services) {
  json::Writer out;
  out.begin_object().key("person").begin_object();
  out.member("id", person.id.str()).member("email", person.email).member("name", person.name);
  out.end_object().member("operator", person.is_operator).key("orgs").begin_array();
  for (const settings::Membership& membership : person.memberships) {
    if (const auto org = services.orgs.find(membership.org)) write_org(out, *org, membership.role);
  }
  out.end_array().member("csrf_token", person.csrf_token);
  member_time(out, "expires_at", person.expires_at);
  member_time(out, "now", services.clock.now());
  return out.end_object().take();
}

constexpr long kCookieSeconds = std::chrono::seconds(access::kSessionLongest).count();

Result<httpd::Response> sign_in(const httpd::Request& request, const Services& services,
                                const Gate& gate) {
  TRY(gate.same_site(request));
  const JsonBody body = TRY(JsonBody::parse(request));
  ObjectReader reader(body.root());
  const std::string email = reader.text("email", {.bytes_max = 320});
  const std::string password = reader.text("password", {.bytes_max = 1024});
  TRY(reader.finish());
  const access::SignedIn signed_in =
      TRY(services.sessions.sign_in({email, password}, gate.origin(request)));
  auto response = json_response(201, render(signed_in.person, services));
  response.set("Set-Cookie", gate.cookie(signed_in.token, kCookieSeconds));
  return response;
}

Result<const access::SessionPerson*> person_of(const Call& call) {
  if (const auto* person = call.caller.principal.person()) return person;
  return Error{ErrorKind::unauthenticated, "no_session", "There is no session; sign in."};
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  const auto* person = TRY(person_of(call));
  return json_response(200, render(*person, services));
}

Result<httpd::Response> sign_out(const Call& call, const Services& services, const Gate& gate) {
  TRY(person_of(call));
  TRY(services.sessions.sign_out(gate.session_token(call.request), call.caller.origin));
  auto response = empty_response(204);
  response.set("Set-Cookie", gate.cookie("", 0));
  return response;
}

}  // namespace

void add_session_routes(Routes& routes, const Services& services) {
  const Gate& gate = routes.gate();
  routes.add_open("POST", "/v1/sessions",
                  [&](const httpd::Request& request) { return sign_in(request, services, gate); });
  routes.add("GET", "/v1/sessions/current", [&](const Call& call) { return show(call, services); });
  routes.add("DELETE", "/v1/sessions/current",
             [&](const Call& call) { return sign_out(call, services, gate); });
}

}  // namespace trailkeeper::api
