#include "ingest/otlp.h"
#include "foreign_errors.h"
#include "intake.h"
#include "query_reader.h"
#include "resources.h"

// OTLP/HTTP logs (OpenTelemetry protocol 1.x), what exporters and collectors send and read.
namespace trailkeeper::api {
namespace {

constexpr std::size_t kReasonsMax = 5;

// "pointer: what is wrong" of one refused record.
std::string reason(const std::string& problem) {
  json::Document document;
  const auto root = document.parse(problem);
  if (!root) return {};
  const auto detail = root->find("detail");
  std::string out(detail ? detail->text() : std::string_view());
  const auto errors = root->find("errors");
  if (!errors || errors->size() == 0) return out;
  const json::Node first = *errors->begin();
  const auto pointer = first.find("pointer");
  const auto said = first.find("detail");
  if (pointer && said) out = std::string(pointer->text()) + ": " + std::string(said->text());
  return out;
}

std::string error_message(const ingest::Answer& answer) {
  std::string out = std::to_string(answer.rejected) + " of " +
                    std::to_string(answer.receipt.items.size()) + " log records were refused. ";
  std::size_t told = 0;
  for (const journal::ItemReceipt& item : answer.receipt.items) {
    if (item.problem.empty()) continue;
    if (++told > kReasonsMax) return out + "And more.";
    out += reason(item.problem) + ". ";
  }
  if (!out.empty()) out.pop_back();
  return out;
}

httpd::Response render(const ingest::Answer& answer, const httpd::Request& request) {
  const std::string message = answer.rejected > 0 ? error_message(answer) : std::string();
  if (speaks_protobuf(request)) {
    httpd::Response response =
        json_response(200, ingest::otlp_logs_response_protobuf(answer.rejected, message));
    response.set("Content-Type", "application/x-protobuf");
    return response;
  }
  json::Writer out;
  out.begin_object();
  if (answer.rejected > 0) {
    // proto3's mapping has 64-bit numbers as texts.
    out.key("partialSuccess")
        .begin_object()
        .member("rejectedLogRecords", std::to_string(answer.rejected))
        .member("errorMessage", message)
        .end_object();
  }
  return json_response(200, out.end_object().take());
}

Result<> read(const httpd::Request& request, ingest::Request& out) {
  TRY(QueryReader(request).finish());
  if (speaks_protobuf(request)) {
    out.form = ingest::Form::otlp_protobuf;
  } else if (media_type(request) == "application/json") {
    out.form = ingest::Form::otlp_json;
  } else {
    return Error{ErrorKind::invalid, "unsupported_media_type",
                 "Send logs as 'Content-Type: application/x-protobuf' or as 'application/json'."};
  }
  return {};
}

}  // namespace

void add_otlp_routes(Routes& routes, const Services& services) {
  add_intake_route(routes, services,
                   {.pattern = "/v1/logs",
                    .surface = Surface::otlp,
                    .read = read,
                    .render = render,
                    .empty_is_well = true});
}

}  // namespace trailkeeper::api
