#include "gate.h"

#include "base/ascii.h"
#include "reading.h"

namespace trailkeeper::api {
namespace {

bool changes_state(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

Error csrf_error(std::string detail) {
  return Error{ErrorKind::forbidden, "csrf", std::move(detail)};
}

constexpr std::size_t kUserAgentMax = 512;

// Searching and reading the audit log, and its exports; which org it is, permissions say.
bool embedded_page_needs(std::string_view method, std::string_view path) {
  if (path == "/v1/sessions/current") return method == "GET";
  constexpr std::string_view kOrgs = "/v1/orgs/";
  if (!path.starts_with(kOrgs)) return false;
  const std::size_t slash = path.find('/', kOrgs.size());
  if (slash == std::string_view::npos) return false;
  const std::string_view rest = path.substr(slash + 1);
  const std::string_view part = rest.substr(0, rest.find('/'));
  if (part == "exports") return method == "GET" || method == "POST";
  return method == "GET" && (part == "events" || part == "views");
}

}  // namespace

std::string origin_of(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  const std::string scheme = lower_ascii(url.substr(0, scheme_end));
  std::string_view rest = url.substr(scheme_end + 3);
  std::string host = lower_ascii(rest.substr(0, rest.find_first_of("/?#")));
  const std::string_view default_port = scheme == "https" ? ":443" : ":80";
  if (host.ends_with(default_port)) host.resize(host.size() - default_port.size());
  return scheme + "://" + host;
}

Gate::Gate(access::Keys& keys, access::Sessions& sessions, Options options)
    : keys_(keys),
      sessions_(sessions),
      options_(std::move(options)),
      https_(options_.public_url.starts_with("https://")),
      own_origin_(origin_of(options_.public_url)) {}

settings::Origin Gate::origin(const httpd::Request& request) const {
  settings::Origin origin;
  const std::string client = options_.proxies.client_of(request);
  if (client != "unix") origin.ip = client;
  if (const auto agent = request.header("User-Agent")) {
    origin.user_agent = agent->substr(0, kUserAgentMax);
  }
  origin.request_id = request.request_id;
  return origin;
}

std::string_view Gate::session_token(const httpd::Request& request) const {
  return request.cookie(https_ ? "__Host-sid" : "sid").value_or(std::string_view());
}

std::string Gate::cookie(std::string_view token, long max_age_seconds) const {
  return cookie("sid", token, max_age_seconds);
}

std::string Gate::cookie(std::string_view name, std::string_view value,
                         long max_age_seconds) const {
  std::string out = https_ ? "__Host-" : "";
  out.append(name).append("=").append(value);
  out += "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(max_age_seconds);
  if (https_) out += "; Secure";
  return out;
}

std::string Gate::cookie_of(const httpd::Request& request, std::string_view name) const {
  const std::string full = (https_ ? "__Host-" : "") + std::string(name);
  return std::string(request.cookie(full).value_or(std::string_view()));
}

Result<> Gate::same_site(const httpd::Request& request) const {
  // Browsers set Sec-Fetch-Site themselves and pages cannot change it; Origin is for those that do
  // not send it.
  if (const auto site = request.header("Sec-Fetch-Site")) {
    if (*site == "same-origin" || *site == "none") return {};
    return csrf_error("The request was made by a page of another site.");
  }
  if (const auto origin = request.header("Origin")) {
    if (lower_ascii(*origin) == own_origin_) return {};
    return csrf_error("The request was made by a page of another origin than " + own_origin_ + ".");
  }
  return {};
}

Result<> Gate::check_csrf(const httpd::Request& request,
                          const access::SessionPerson& person) const {
  TRY(same_site(request));
  const auto token = request.header("X-CSRF-Token");
  if (token && access::Sessions::csrf_matches(person, *token)) return {};
  return csrf_error("X-CSRF-Token must hold the session's csrf_token.");
}

bool Gate::knows(const httpd::Request& request) const {
  if (options_.admin_socket) return false;
  const auto header = request.header("Authorization");
  return header && header->size() > 7 && keys_.remembers(header->substr(7));
}

Result<access::Principal> Gate::bearer(const httpd::Request& request, std::string_view text) const {
  if (!text.starts_with(access::kEmbedTokenPrefix))
    return access::Principal(TRY(keys_.verify(text)));
  access::SessionPerson guest = TRY(sessions_.find_embedded(text));
  if (embedded_page_needs(request.method, request.path)) return access::Principal(std::move(guest));
  return Error{ErrorKind::forbidden, "embedded", "An embedded page reads the audit log only."};
}

Result<access::Principal> Gate::principal(const httpd::Request& request) const {
  if (options_.admin_socket) return access::Principal(access::SocketOperator{});
  if (const auto header = request.header("Authorization")) {
    if (header->size() < 7 || lower_ascii(header->substr(0, 7)) != "bearer ") {
      return Error{ErrorKind::unauthenticated, "unauthenticated",
                   "Send 'Authorization: Bearer tk_...' with an application key."};
    }
    return bearer(request, header->substr(7));
  }
  const std::string_view token = session_token(request);
  if (token.empty()) {
    return Error{ErrorKind::unauthenticated, "unauthenticated",
                 "Sign in, or send 'Authorization: Bearer tk_...' with an application key."};
  }
  access::SessionPerson person = TRY(sessions_.find(token));
  if (changes_state(request.method)) TRY(check_csrf(request, person));
  return access::Principal(std::move(person));
}

Result<Caller> Gate::enter(const httpd::Request& request) const {
  Caller caller{TRY(principal(request)), origin(request)};
  const auto* person = caller.principal.person();
  if (person != nullptr) caller.origin.session_id = person->session_id;
  // What the vendor reads of a customer's trail is written into it.
  if (caller.principal.is_socket() || (person != nullptr && person->is_operator)) {
    caller.principal.set_reading(reading_of(request, caller.origin));
  }
  return caller;
}

}  // namespace trailkeeper::api
