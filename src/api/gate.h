#pragma once

#include <string>

#include "access/keys.h"
#include "access/principal.h"
#include "access/sessions.h"
#include "api/trusted_proxies.h"
#include "base/result.h"
#include "httpd/message.h"

namespace trailkeeper::api {

// Who calls, and from where.
struct Caller {
  access::Principal principal;
  settings::Origin origin;
};

// The `scheme://host[:port]` of an address, as browsers send it in Origin: lower case, without a
// default port.
std::string origin_of(std::string_view url);

// Finds out who calls: the credential of a request, and for cookies that the request comes from our
// own pages. Thread-safe.
class Gate {
 public:
  struct Options {
    std::string public_url;
    // The socket that only the data folder's owner can open: whoever comes through it is the
    // operator.
    bool admin_socket = false;
    TrustedProxies proxies{};
  };

  // Our other cookies: what a browser is known by, and a sign-in on its way to a provider.
  static constexpr std::string_view kDevice = "device";
  static constexpr std::string_view kOidc = "oidc";

  Gate(access::Keys& keys, access::Sessions& sessions, Options options);

  // Bearer key, or token of an embedded page, before cookie. Errors: `unauthenticated`; `forbidden`
  // code `csrf` for a cookie request that changes state without the session's X-CSRF-Token or from
  // another site.
  Result<Caller> enter(const httpd::Request& request) const;

  // Whether enter() is sure not to block: an application key that is known already.
  bool knows(const httpd::Request& request) const;

  // Where the request came from, for entries.
  settings::Origin origin(const httpd::Request& request) const;

  // `forbidden` (`csrf`) when a browser says that another site made the request.
  Result<> same_site(const httpd::Request& request) const;

  // Empty when there is none.
  std::string_view session_token(const httpd::Request& request) const;
  // Set-Cookie values; `max_age_seconds` 0 clears it.
  std::string cookie(std::string_view token, long max_age_seconds) const;
  // The same of our other cookies, by name.
  std::string cookie(std::string_view name, std::string_view value, long max_age_seconds) const;
  std::string cookie_of(const httpd::Request& request, std::string_view name) const;

  bool admin_socket() const { return options_.admin_socket; }
  bool https() const { return https_; }

 private:
  Result<access::Principal> principal(const httpd::Request& request) const;
  Result<> check_csrf(const httpd::Request& request, const access::SessionPerson& person) const;

  Result<access::Principal> bearer(const httpd::Request& request, std::string_view text) const;

  access::Keys& keys_;
  access::Sessions& sessions_;
  const Options options_;
  const bool https_;
  const std::string own_origin_;
};

}  // namespace trailkeeper::api
