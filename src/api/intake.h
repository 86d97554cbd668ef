#pragma once

#include <functional>
#include <string>

#include "api/api.h"
#include "routes.h"

// What the intake forms share. Nothing is parsed here: the bytes go to the ingest service.
namespace trailkeeper::api {

// How one form asks and answers.
struct IntakeForm {
  std::string pattern;
  Surface surface = Surface::own;
  // Which form the body has, and the request's options; an error refuses the request.
  std::function<Result<>(const httpd::Request&, ingest::Request&)> read;
  std::function<httpd::Response(const ingest::Answer&)> render;
};

// Adds `POST pattern`: key, limits, unpacking, then ingest; the answer is sent from ingest's
// callback, after the commit.
void add_intake_route(Routes& routes, const Services& services, IntakeForm form);

// The body without its Content-Encoding (identity, gzip, zstd). `too_large` when it unpacks to more
// than `limit`.
Result<std::string> unpack_body(httpd::Request& request, std::size_t limit);

// The media type of the request, lower case, without parameters; empty when none is given.
std::string media_type(const httpd::Request& request);

}  // namespace trailkeeper::api
