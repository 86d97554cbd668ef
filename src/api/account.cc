#include "access/account.h"

#include "object_reader.h"
#include "session_response.h"

// What people do with their own account.
namespace trailkeeper::api {
namespace {

constexpr TextRule kPassword{.bytes_max = 1024};
constexpr TextRule kCode{.bytes_max = 32};

Result<access::Self> self_of(const Call& call, const Gate& gate) {
  const auto* person = TRY(person_of(call));
  return access::Self{.person = *person,
                      .token = std::string(gate.session_token(call.request)),
                      .device = gate.cookie_of(call.request, Gate::kDevice),
                      .origin = call.caller.origin};
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  const auto* person = TRY(person_of(call));
  const access::AccountState state = TRY(services.account.show(*person));
  json::Writer out;
  out.begin_object()
      .member("id", state.person.id.str())
      .member("email", state.person.email)
      .member("name", state.person.name)
      .member("operator", person->is_operator)
      .member("has_password", !state.person.password_hash.empty())
      .key("second_factor")
      .begin_object()
      .member("enabled", state.second_factor_since.has_value())
      .member("required", state.second_factor_required);
  member_or_null(out, "since", state.second_factor_since);
  out.member("recovery_codes_left", state.recovery_codes_left).end_object();
  write_session_orgs(out, *person, services);
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> change(const Call& call, const Services& services, const Gate& gate) {
  const access::Self self = TRY(self_of(call, gate));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const std::string name = reader.text("name", {.bytes_max = 800});
  TRY(reader.finish());
  TRY(services.account.rename(self, name));
  return show(call, services);
}

Result<httpd::Response> change_password(const Call& call, const Services& services,
                                        const Gate& gate) {
  const access::Self self = TRY(self_of(call, gate));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const std::string current = reader.text("current", kPassword);
  const std::string next = reader.text("new", kPassword);
  TRY(reader.finish());
  TRY(services.account.change_password(self, current, next));
  return empty_response(204);
}

Result<httpd::Response> begin_factor(const Call& call, const Services& services, const Gate& gate) {
  const access::Self self = TRY(self_of(call, gate));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const std::string password = reader.text("password", kPassword);
  TRY(reader.finish());
  const access::NewSecondFactor made = TRY(services.account.begin_second_factor(self, password));
  json::Writer out;
  out.begin_object().member("secret", made.secret).member("otpauth_url", made.otpauth_url);
  return json_response(201, out.end_object().take());
}

httpd::Response render_codes(const std::vector<std::string>& codes) {
  json::Writer out;
  out.begin_object().key("recovery_codes").begin_array();
  for (const std::string& code : codes) out.string(code);
  return json_response(200, out.end_array().end_object().take());
}

Result<httpd::Response> confirm_factor(const Call& call, const Services& services,
                                       const Gate& gate) {
  const access::Self self = TRY(self_of(call, gate));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const std::string code = reader.text("code", kCode);
  TRY(reader.finish());
  return render_codes(TRY(services.account.confirm_second_factor(self, code)));
}

struct Both {
  std::string password;
  std::string code;
};

Result<Both> password_and_code(const Call& call) {
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  Both both{reader.text("password", kPassword), reader.text("code", kCode)};
  TRY(reader.finish());
  return both;
}

Result<httpd::Response> remove_factor(const Call& call, const Services& services,
                                      const Gate& gate) {
  const access::Self self = TRY(self_of(call, gate));
  const Both both = TRY(password_and_code(call));
  TRY(services.account.remove_second_factor(self, both.password, both.code));
  return empty_response(204);
}

Result<httpd::Response> renew_codes(const Call& call, const Services& services, const Gate& gate) {
  const access::Self self = TRY(self_of(call, gate));
  const Both both = TRY(password_and_code(call));
  return render_codes(TRY(services.account.renew_recovery_codes(self, both.password, both.code)));
}

Result<httpd::Response> list_sessions(const Call& call, const Services& services) {
  const auto* person = TRY(person_of(call));
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const settings::Session& session : TRY(services.account.sessions(*person))) {
    out.begin_object()
        .member("id", session.id.str())
        .member("current", session.id.str() == person->session_id)
        .member("method", session.method);
    member_or_null(out, "org", session.org ? session.org->str() : std::string());
    member_or_null(out, "ip", session.ip);
    member_or_null(out, "user_agent", session.user_agent);
    member_time(out, "created_at", session.created_at);
    member_time(out, "last_seen_at", session.last_seen_at);
    member_time(out, "expires_at", session.expires_at);
    out.end_object();
  }
  return json_response(200, out.end_array().end_object().take());
}

Result<httpd::Response> end_session(const Call& call, const Services& services) {
  const auto* person = TRY(person_of(call));
  const Uuid id = TRY(call.uuid("session"));
  TRY(services.account.end_session(*person, call.caller.origin, id));
  return empty_response(204);
}

}  // namespace

void add_account_routes(Routes& routes, const Services& services) {
  const Gate& gate = routes.gate();
  routes.add("GET", "/v1/me", [&](const Call& call) { return show(call, services); });
  routes.add("PATCH", "/v1/me", [&](const Call& call) { return change(call, services, gate); });
  routes.add("POST", "/v1/me/password",
             [&](const Call& call) { return change_password(call, services, gate); });
  routes.add("POST", "/v1/me/second_factor",
             [&](const Call& call) { return begin_factor(call, services, gate); });
  routes.add("DELETE", "/v1/me/second_factor",
             [&](const Call& call) { return remove_factor(call, services, gate); });
  routes.add("POST", "/v1/me/second_factor/confirm",
             [&](const Call& call) { return confirm_factor(call, services, gate); });
  routes.add("POST", "/v1/me/recovery_codes",
             [&](const Call& call) { return renew_codes(call, services, gate); });
  routes.add("GET", "/v1/me/sessions",
             [&](const Call& call) { return list_sessions(call, services); });
  routes.add("DELETE", "/v1/me/sessions/{id}",
             [&](const Call& call) { return end_session(call, services); });
}

}  // namespace trailkeeper::api
