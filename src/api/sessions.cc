#include <chrono>

#include "object_reader.h"
#include "session_response.h"

namespace trailkeeper::api {
namespace {

constexpr long kCookieSeconds = std::chrono::seconds(access::kSessionLongest).count();
constexpr long kDeviceSeconds = std::chrono::seconds(std::chrono::hours(24 * 400)).count();

void write_org(json::Writer& out, const settings::Org& org, settings::Role role) {
  out.begin_object()
      .member("id", org.id.str())
      .member("name", org.name)
      .member("role", settings::role_name(role));
  write_entitlements(out, org.entitlements);
  out.member("viewing_window_days", org.viewing_window_days).end_object();
}

Result<httpd::Response> sign_in(const httpd::Request& request, const Services& services,
                                const Gate& gate) {
  TRY(gate.same_site(request));
  const JsonBody body = TRY(JsonBody::parse(request));
  ObjectReader reader(body.root());
  access::Credentials credentials;
  credentials.email = reader.text("email", {.bytes_max = 320});
  credentials.password = reader.text("password", {.bytes_max = 1024});
  credentials.code = reader.optional_text("code", {.bytes_max = 32}).value_or(std::string());
  credentials.device = gate.cookie_of(request, Gate::kDevice);
  TRY(reader.finish());
  return session_begun(TRY(services.sessions.sign_in(credentials, gate.origin(request))), services,
                       gate);
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  const auto* person = TRY(person_of(call));
  return json_response(200, render_session(*person, services));
}

Result<httpd::Response> sign_out(const Call& call, const Services& services, const Gate& gate) {
  TRY(person_of(call));
  TRY(services.sessions.sign_out(gate.session_token(call.request), call.caller.origin));
  auto response = empty_response(204);
  response.set("Set-Cookie", gate.cookie("", 0));
  return response;
}

}  // namespace

Result<const access::SessionPerson*> person_of(const Call& call) {
  if (const auto* person = call.caller.principal.person()) return person;
  return Error{ErrorKind::unauthenticated, "no_session", "There is no session; sign in."};
}

void write_session_orgs(json::Writer& out, const access::SessionPerson& person,
                        const Services& services) {
  out.key("orgs").begin_array();
  for (const settings::Membership& membership : person.memberships) {
    if (const auto org = services.orgs.find(membership.org)) write_org(out, *org, membership.role);
  }
  out.end_array();
}

std::string render_session(const access::SessionPerson& person, const Services& services) {
  json::Writer out;
  out.begin_object().key("person").begin_object();
  out.member("id", person.id.str()).member("email", person.email).member("name", person.name);
  out.end_object().member("operator", person.is_operator);
  write_session_orgs(out, person, services);
  out.member("csrf_token", person.csrf_token)
      .member("method", person.method)
      .member("guest", person.guest.has_value())
      .key("portal");
  if (person.intent.empty()) {
    out.null();
  } else {
    out.begin_object().member("intent", person.intent);
    member_or_null(out, "return_url", person.return_url);
    out.end_object();
  }
  out.member("second_factor_required", person.second_factor_missing);
  member_time(out, "expires_at", person.expires_at);
  member_time(out, "now", services.clock.now());
  return out.end_object().take();
}

void set_session_cookies(httpd::Response& response, const access::SignedIn& signed_in,
                         const Gate& gate) {
  if (!signed_in.device.empty()) {
    response.headers.push_back(
        {"Set-Cookie", gate.cookie(Gate::kDevice, signed_in.device, kDeviceSeconds)});
  }
  response.headers.push_back({"Set-Cookie", gate.cookie(signed_in.token, kCookieSeconds)});
}

httpd::Response session_begun(const access::SignedIn& signed_in, const Services& services,
                              const Gate& gate) {
  auto response = json_response(201, render_session(signed_in.person, services));
  set_session_cookies(response, signed_in, gate);
  return response;
}

void add_session_routes(Routes& routes, const Services& services) {
  const Gate& gate = routes.gate();
  routes.add_open("POST", "/v1/sessions",
                  [&](const httpd::Request& request) { return sign_in(request, services, gate); });
  routes.add("GET", "/v1/sessions/current", [&](const Call& call) { return show(call, services); });
  routes.add("DELETE", "/v1/sessions/current",
             [&](const Call& call) { return sign_out(call, services, gate); });
}

}  // namespace trailkeeper::api
