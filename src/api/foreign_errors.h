#pragma once

#include <string_view>

#include "base/result.h"
#include "httpd/message.h"

// Errors as the clients of OTLP and of Retraced parse them.
namespace trailkeeper::api {

// Whether the request's body is protobuf, and so its answer.
bool speaks_protobuf(const httpd::Request& request);

// google.rpc.Status in the encoding of the request, with google.rpc.BadRequest for the places.
void set_otlp_error(httpd::Response& response, const Error& error, std::string_view detail,
                    const httpd::Request& request);

// `{"status", "type", "error"}`, as Retraced's server answers; the rest is ours.
void set_retraced_error(httpd::Response& response, const Error& error, std::string_view detail,
                        const httpd::Request& request);

}  // namespace trailkeeper::api
