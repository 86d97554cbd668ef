#include "intake.h"
#include "query_reader.h"
#include "resources.h"

// What WorkOS' SDKs send and parse, as seen in npm @workos-inc/node and PyPI workos.
namespace trailkeeper::api {
namespace {

httpd::Response render(const ingest::Answer& answer, const httpd::Request&) {
  if (answer.stored > 0) return json_response(201, R"({"success":true})");
  json::Writer out;
  out.begin_object()
      .member("message", "The event was refused.")
      .member("code", "invalid_audit_log")
      .key("errors")
      .begin_array();
  for (const journal::ItemReceipt& item : answer.receipt.items) {
    if (!item.problem.empty()) out.raw(item.problem);
  }
  return json_response(422, out.end_array().end_object().take());
}

Result<> read(const httpd::Request& request, ingest::Request& out) {
  TRY(QueryReader(request).finish());
  const std::string type = media_type(request);
  if (!type.empty() && type != "application/json") {
    return Error{ErrorKind::invalid, "unsupported_media_type",
                 "Send the event as 'Content-Type: application/json'."};
  }
  out.form = ingest::Form::workos;
  return {};
}

}  // namespace

void add_workos_routes(Routes& routes, const Services& services) {
  add_intake_route(routes, services,
                   {.pattern = "/audit_logs/events",
                    .surface = Surface::workos,
                    .read = read,
                    .render = render});
}

}  // namespace trailkeeper::api
