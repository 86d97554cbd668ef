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
  // Brings a request into the usual shape before its sender is looked for; may be empty.
  std::function<void(httpd::Request&)> adapt{};
  // Which form the body has, and the request's options; an error refuses the request.
  std::function<Result<>(const httpd::Request&, ingest::Request&)> read;
  // What was stored, as the form's clients read it. The request's body is gone.
  std::function<httpd::Response(const ingest::Answer&, const httpd::Request&)> render;
  // A request without any event is answered like one whose events were all stored.
  bool empty_is_well = false;
};

// Adds `POST pattern`: key, limits, unpacking, then ingest; the answer is sent from ingest's
// callback, after the commit.
void add_intake_route(Routes& routes, const Services& services, IntakeForm form);

// The answer of our own form: `{"data": [...], "log"}`, an item for each event in the order sent.
httpd::Response render_items(const ingest::Answer& answer, const httpd::Request& request);

// The body without its Content-Encoding (identity, gzip, zstd). `too_large` when it unpacks to more
// than `limit`.
Result<std::string> unpack_body(httpd::Request& request, std::size_t limit);

// The media type of the request, lower case, without parameters; empty when none is given.
std::string media_type(const httpd::Request& request);

}  // namespace trailkeeper::api
