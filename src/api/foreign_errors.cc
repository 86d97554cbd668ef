#include "foreign_errors.h"

#include <string>

#include "ingest/otlp.h"
#include "intake.h"
#include "json/writer.h"

namespace trailkeeper::api {
namespace {

// google.rpc.Code of an HTTP status.
int rpc_code(int status) {
  switch (status) {
    case 401:
      return 16;  // UNAUTHENTICATED
    case 403:
      return 7;  // PERMISSION_DENIED
    case 404:
      return 5;  // NOT_FOUND
    case 405:
      return 12;  // UNIMPLEMENTED
    case 408:
      return 4;  // DEADLINE_EXCEEDED
    case 409:
      return 10;  // ABORTED
    case 429:
      return 8;  // RESOURCE_EXHAUSTED
    case 500:
      return 13;  // INTERNAL
    case 502:
    case 503:
    case 504:
      return 14;  // UNAVAILABLE
    default:
      return 3;  // INVALID_ARGUMENT
  }
}

// The exporters write the message into their logs, and that is where people look.
std::string with_request_id(std::string_view detail, const httpd::Request& request) {
  std::string out(detail);
  if (!request.request_id.empty()) out += " (request " + request.request_id + ")";
  return out;
}

std::string status_json(int code, const std::string& message,
                        const std::vector<FieldProblem>& fields) {
  json::Writer out;
  out.begin_object().member("code", code).member("message", message);
  if (!fields.empty()) {
    out.key("details").begin_array().begin_object();
    out.member("@type", "type.googleapis.com/google.rpc.BadRequest");
    out.key("fieldViolations").begin_array();
    for (const FieldProblem& field : fields) {
      out.begin_object()
          .member("field", field.pointer)
          .member("description", field.detail)
          .member("reason", field.code)
          .end_object();
    }
    out.end_array().end_object().end_array();
  }
  return out.end_object().take();
}

}  // namespace

bool speaks_protobuf(const httpd::Request& request) {
  const std::string type = media_type(request);
  return type == "application/x-protobuf" || type == "application/protobuf";
}

void set_otlp_error(httpd::Response& response, const Error& error, std::string_view detail,
                    const httpd::Request& request) {
  const int code = rpc_code(response.status);
  const std::string message = with_request_id(detail, request);
  if (speaks_protobuf(request)) {
    response.set("Content-Type", "application/x-protobuf");
    response.body = ingest::rpc_status_protobuf(code, message, error.fields);
  } else {
    response.set("Content-Type", "application/json");
    response.body = status_json(code, message, error.fields);
  }
}

void set_retraced_error(httpd::Response& response, const Error& error, std::string_view detail,
                        const httpd::Request& request) {
  json::Writer out;
  out.begin_object()
      .member("status", response.status)
      .member("type", "Error")
      .member("error", detail)
      .member("code", error.code)
      .member("request_id", request.request_id);
  if (!error.fields.empty()) {
    out.key("invalid").begin_array();
    for (const FieldProblem& field : error.fields) {
      out.begin_object()
          .member("field", field.pointer)
          .member("violation", field.code)
          .member("message", field.detail)
          .end_object();
    }
    out.end_array();
  }
  response.set("Content-Type", "application/json");
  response.body = out.end_object().take();
}

}  // namespace trailkeeper::api
