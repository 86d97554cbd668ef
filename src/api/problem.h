#pragma once

#include "base/result.h"
#include "httpd/message.h"

// The one place where an error becomes an HTTP answer.
namespace trailkeeper::api {

// Whose shape an answer has. A foreign surface answers in the form that its clients parse.
enum class Surface { own, workos, otlp, retraced };

// The surface that answers below a path.
Surface surface_of(std::string_view path);

// The status of an error: by its code where that says more, else by its kind.
int status_of(const Error& error);

// RFC 9457 `application/problem+json`, or the surface's own form, with the request's id, the places
// in the input and Retry-After. The text of an internal failure is logged and not shown.
httpd::Response render_error(const Error& error, const httpd::Request& request,
                             Surface surface = Surface::own);

// For answers that the HTTP server gives by itself, before any route is reached.
httpd::Response render_status(int status, std::string_view code, std::string_view detail,
                              const httpd::Request& request);

}  // namespace trailkeeper::api
