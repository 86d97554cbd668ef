#include "access/oidc.h"
#include "json/lists.h"
#include "object_reader.h"
#include "query_reader.h"
#include "session_response.h"

// Sign-in by an organization's own provider.
namespace trailkeeper::api {
namespace {

constexpr long kFlowSeconds = std::chrono::seconds(access::kOidcFlowLives).count();

httpd::Response render(const std::optional<settings::OrgSignIn>& found, const Services& services) {
  const settings::OrgSignIn nothing{.org = settings::own_org()};
  const settings::OrgSignIn& shown = found ? *found : nothing;
  json::Writer out;
  out.begin_object()
      .member("configured", found.has_value())
      .member("redirect_uri", services.oidc.redirect_uri());
  member_or_null(out, "issuer", shown.issuer);
  member_or_null(out, "client_id", shown.client_id);
  out.member("has_client_secret", !shown.client_secret.empty());
  json::write_texts(out, "allowed_domains", shown.domains);
  out.member("default_role", settings::role_name(shown.default_role))
      .member("required", shown.required);
  member_or_null(out, "last_sign_in_at", shown.last_sign_in_at);
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_people(call.caller.principal, org));
  return render(TRY(services.oidc.settings_of(org)), services);
}

Result<access::ProviderChange> read_change(const Call& call) {
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  access::ProviderChange change;
  change.issuer = reader.text("issuer", {.bytes_max = 2048});
  change.client_id = reader.text("client_id", {.bytes_max = 256});
  if (reader.is_null("client_secret")) change.client_secret = "";
  if (auto secret = reader.optional_text("client_secret", {.bytes_max = 1024}))
    change.client_secret = *secret;
  if (body.root().find("allowed_domains"))
    change.domains = reader.texts("allowed_domains", 50, {.bytes_max = 253});
  if (const auto role =
          reader.optional_choice("default_role", {"primary_admin", "admin", "member"}))
    change.default_role = settings::parse_role(*role);
  change.required = reader.optional_boolean("required");
  TRY(reader.finish());
  return change;
}

Result<httpd::Response> put(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const access::Principal& principal = call.caller.principal;
  TRY(services.permissions.may_set_sign_in(principal, org));
  const access::ProviderChange change = TRY(read_change(call));
  return render(TRY(services.oidc.put(principal, call.caller.origin, org, change,
                                      services.permissions.is_of_the_vendor(principal))),
                services);
}

Result<httpd::Response> remove(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_set_sign_in(call.caller.principal, org));
  TRY(services.oidc.remove(call.caller.principal, call.caller.origin, org));
  return empty_response(204);
}

Result<httpd::Response> methods(const httpd::Request& request, const Services& services,
                                const std::string& public_url) {
  QueryReader query(request);
  const std::string email = query.text("email", 320);
  if (email.empty()) query.refuse("email", "missing", "Say whose sign-in.");
  TRY(query.finish());
  const auto org = TRY(services.oidc.org_of_email(email));
  json::Writer out;
  out.begin_object().member("password", true).key("oidc").begin_array();
  if (org) {
    out.begin_object().member("url", public_url + "/v1/sign_in/oidc/" + org->str()).end_object();
  }
  return json_response(200, out.end_array().end_object().take());
}

httpd::Response redirect(const std::string& to) {
  httpd::Response response;
  response.status = 302;
  response.set("Location", to);
  response.set("Cache-Control", "no-store");
  return response;
}

httpd::Response back_to_sign_in(const Error& error) {
  return redirect("/sign-in?problem=" + error.code);
}

Result<httpd::Response> begin(const httpd::Request& request, const Services& services,
                              const Gate& gate) {
  QueryReader query(request);
  const std::string next = query.text("next", 2048);
  TRY(query.finish());
  const auto org = OrgId::parse(request.parameter("org").value_or(std::string_view()));
  if (!org) return Error{ErrorKind::not_found, "org_not_found", "There is no such organization."};
  const auto begun = services.oidc.begin(*org, next);
  if (!begun) return back_to_sign_in(begun.error());
  auto response = redirect(begun->url);
  response.set("Set-Cookie", gate.cookie(Gate::kOidc, begun->flow, kFlowSeconds));
  return response;
}

// A provider may add what it likes to the address, so nothing here is refused for being unknown.
Result<httpd::Response> finish(const httpd::Request& request, const Services& services,
                               const Gate& gate) {
  const auto value = [&](std::string_view name, std::size_t most) {
    const std::string_view text = request.query_value(name).value_or(std::string_view());
    return text.size() <= most ? std::string(text) : std::string();
  };
  const auto done = services.oidc.finish({.flow = gate.cookie_of(request, Gate::kOidc),
                                          .state = value("state", 256),
                                          .code = value("code", 4096),
                                          .issuer = value("iss", 2048),
                                          .error = value("error", 256)},
                                         gate.origin(request));
  httpd::Response response = done ? redirect(done->next) : back_to_sign_in(done.error());
  if (done) set_session_cookies(response, done->signed_in, gate);
  response.headers.push_back({"Set-Cookie", gate.cookie(Gate::kOidc, "", 0)});
  return response;
}

}  // namespace

void add_sign_in_routes(Routes& routes, const Services& services, const Options& options) {
  const Gate& gate = routes.gate();
  routes.add("GET", "/v1/orgs/{org}/sign_in",
             [&](const Call& call) { return show(call, services); });
  routes.add("PUT", "/v1/orgs/{org}/sign_in",
             [&](const Call& call) { return put(call, services); });
  routes.add("DELETE", "/v1/orgs/{org}/sign_in",
             [&](const Call& call) { return remove(call, services); });
  routes.add_open("GET", "/v1/sign_in/methods", [&](const httpd::Request& request) {
    return methods(request, services, options.public_url);
  });
  routes.add_open("GET", "/v1/sign_in/oidc/{org}",
                  [&](const httpd::Request& request) { return begin(request, services, gate); });
  routes.add_open("GET", "/v1/sign_in/oidc/callback",
                  [&](const httpd::Request& request) { return finish(request, services, gate); });
}

}  // namespace trailkeeper::api
