#include "ingest/retraced.h"

#include "base/ascii.h"
#include "intake.h"
#include "query_reader.h"
#include "resources.h"

// Retraced's publisher API, as npm @retracedhq/retraced calls it. The project of the path is not
// looked at: the key says for whom it is.
namespace trailkeeper::api {
namespace {

constexpr std::string_view kToken = "token=";

// `token=KEY` or `Token token=KEY` becomes what the gate knows.
void take_token(httpd::Request& request) {
  for (httpd::Header& header : request.headers) {
    if (lower_ascii(header.name) != "authorization") continue;
    const std::size_t at = header.value.find(kToken);
    if (at == std::string::npos) return;
    std::string key = header.value.substr(at + kToken.size());
    if (key.size() >= 2 && key.front() == '"' && key.back() == '"') {
      key = key.substr(1, key.size() - 2);
    }
    header.value = "Bearer " + key;
    return;
  }
}

void write_item(json::Writer& out, const ingest::Answer& answer, std::size_t index) {
  const std::string id = answer.receipt.items[index].id.str();
  out.begin_object()
      .member("id", id)
      .member("hash", ingest::retraced_hash(id, answer.echoes[index]))
      .end_object();
}

httpd::Response render_one(const ingest::Answer& answer, const httpd::Request&) {
  json::Writer out;
  write_item(out, answer, 0);
  return json_response(201, out.take());
}

httpd::Response render_bulk(const ingest::Answer& answer, const httpd::Request&) {
  json::Writer out;
  out.begin_array();
  for (std::size_t i = 0; i < answer.receipt.items.size(); ++i) write_item(out, answer, i);
  return json_response(201, out.end_array().take());
}

// The clients match answers to events by their index and know no rejected ones: all or none.
Result<> read(const httpd::Request& request, ingest::Request& out, ingest::Form form) {
  TRY(QueryReader(request).finish());
  const std::string type = media_type(request);
  if (!type.empty() && type != "application/json") {
    return Error{ErrorKind::invalid, "unsupported_media_type",
                 "Send events as 'Content-Type: application/json'."};
  }
  out.form = form;
  out.atomic = true;
  return {};
}

void add(Routes& routes, const Services& services, std::string pattern, ingest::Form form,
         httpd::Response (*render)(const ingest::Answer&, const httpd::Request&)) {
  add_intake_route(routes, services,
                   {.pattern = std::move(pattern),
                    .surface = Surface::retraced,
                    .adapt = take_token,
                    .read = [form](const httpd::Request& request,
                                   ingest::Request& out) { return read(request, out, form); },
                    .render = render});
}

// Their viewer is a component that reads Retraced's own query API with this token. Neither is
// here, and a token that opens nothing would only move the failure into the customer's browser.
void add_viewer_token(Routes& routes) {
  const Gate& gate = routes.gate();
  const auto handler = [&gate](httpd::Request request, httpd::Responder responder) {
    take_token(request);
    Error answer{ErrorKind::not_found, "viewer_not_available",
                 "This server has no viewer that could be embedded: people read the audit log on "
                 "its own page, under Settings, after signing in."};
    auto caller = gate.enter(request);
    if (!caller) answer = std::move(caller).error();
    send(std::move(answer), request, std::move(responder), Surface::retraced);
  };
  routes.router().add("GET", "/publisher/v1/project/{project}/viewertoken", handler);
}

}  // namespace

void add_retraced_routes(Routes& routes, const Services& services) {
  add(routes, services, "/publisher/v1/project/{project}/event", ingest::Form::retraced,
      render_one);
  add(routes, services, "/publisher/v1/project/{project}/event/bulk", ingest::Form::retraced_bulk,
      render_bulk);
  add_viewer_token(routes);
}

}  // namespace trailkeeper::api
