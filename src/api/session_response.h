#pragma once

#include "gate.h"
#include "httpd/message.h"
#include "resources.h"

namespace trailkeeper::api {

// The Session object.
std::string render_session(const access::SessionPerson& person, const Services& services);
// `"orgs": [...]` as the Session has it.
void write_session_orgs(json::Writer& out, const access::SessionPerson& person,
                        const Services& services);

// 201 with the session and its cookies.
httpd::Response session_begun(const access::SignedIn& signed_in, const Services& services,
                              const Gate& gate);
// Adds the cookies alone.
void set_session_cookies(httpd::Response& response, const access::SignedIn& signed_in,
                         const Gate& gate);

// Who is signed in; `unauthenticated` (`no_session`) for keys and the socket.
Result<const access::SessionPerson*> person_of(const Call& call);

}  // namespace trailkeeper::api
