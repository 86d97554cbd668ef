#include "problem.h"

#include <array>
#include <string>

#include "base/log.h"
#include "foreign_errors.h"
#include "json/lists.h"

namespace trailkeeper::api {
namespace {

struct KindRow {
  ErrorKind kind;
  int status;
};

constexpr std::array<KindRow, 10> kKinds{{
    {ErrorKind::invalid, 422},
    {ErrorKind::unauthenticated, 401},
    {ErrorKind::forbidden, 403},
    {ErrorKind::not_found, 404},
    {ErrorKind::conflict, 409},
    {ErrorKind::too_large, 413},
    {ErrorKind::limited, 429},
    {ErrorKind::unavailable, 503},
    {ErrorKind::failed, 502},
    {ErrorKind::fatal, 500},
}};

struct CodeRow {
  std::string_view code;
  int status;
};

// Where HTTP has a status that says more than the kind.
constexpr std::array<CodeRow, 17> kCodes{{
    {"invalid_json", 400},
    {"malformed_json", 400},
    {"invalid_utf8", 400},
    {"malformed_protobuf", 400},
    {"invalid_request", 400},
    {"invalid_query", 400},
    {"bad_cursor", 400},
    {"invalid_cursor", 400},
    {"bad_gzip", 400},
    {"bad_zstd", 400},
    {"unsupported_media_type", 415},
    {"unsupported_encoding", 415},
    {"idempotency_key_reused", 422},
    {"expired", 410},
    {"tus_version", 412},
    {"checksum_mismatch", 460},  // of tus
    {"entry_altered", 500},
}};

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad request";
    case 401:
      return "Not signed in";
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 405:
      return "Method not allowed";
    case 408:
      return "Request timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition failed";
    case 413:
      return "Too large";
    case 414:
      return "Address too long";
    case 415:
      return "Unsupported media type";
    case 422:
      return "Invalid input";
    case 429:
      return "Too many requests";
    case 460:
      return "Checksum mismatch";
    case 431:
      return "Headers too large";
    case 502:
      return "The other side failed";
    case 503:
      return "Not available now";
    default:
      return "Internal error";
  }
}

constexpr std::string_view kInternal =
    "Something went wrong on this side. The request id helps to find out what.";

bool is_internal(const Error& error) {
  return error.kind == ErrorKind::failed || error.kind == ErrorKind::fatal;
}

void write_fields(json::Writer& out, const std::vector<FieldProblem>& fields) {
  if (!fields.empty()) json::write_problems(out, "errors", fields);
}

std::string own_body(const Error& error, int status, std::string_view detail,
                     const httpd::Request& request) {
  json::Writer out;
  out.begin_object()
      .member("type", "about:blank")
      .member("title", title_of(status))
      .member("status", status)
      .member("code", error.code)
      .member("detail", detail)
      .member("request_id", request.request_id);
  write_fields(out, error.fields);
  return out.end_object().take();
}

// What npm @workos-inc/node reads: `message`, `code`, and `errors[].code` with 400 and 422.
std::string workos_body(const Error& error, std::string_view detail) {
  json::Writer out;
  out.begin_object().member("message", detail).member("code", error.code);
  if (error.kind == ErrorKind::invalid) {
    out.key("errors").begin_array();
    if (error.fields.empty()) {
      out.begin_object().member("code", error.code).member("message", detail).end_object();
    }
    for (const FieldProblem& field : error.fields) {
      out.begin_object()
          .member("field", field.pointer)
          .member("code", field.code)
          .member("message", field.detail)
          .end_object();
    }
    out.end_array();
  }
  return out.end_object().take();
}

httpd::Response render(int status, const Error& error, std::string_view detail,
                       const httpd::Request& request, Surface surface) {
  httpd::Response response;
  response.status = status;
  response.set("Cache-Control", "no-store");
  // Their clients know 400 for what cannot be stored; OTLP's must not take anything else for it.
  const bool knows_422 = surface == Surface::own || surface == Surface::workos;
  if (status == 422 && !knows_422) response.status = 400;
  switch (surface) {
    case Surface::own:
      response.set("Content-Type", "application/problem+json");
      response.body = own_body(error, status, detail, request);
      break;
    case Surface::workos:
      response.set("Content-Type", "application/json");
      response.body = workos_body(error, detail);
      break;
    case Surface::otlp:
      set_otlp_error(response, error, detail, request);
      break;
    case Surface::retraced:
      set_retraced_error(response, error, detail, request);
      break;
  }
  return response;
}

}  // namespace

int status_of(const Error& error) {
  for (const CodeRow& row : kCodes) {
    if (row.code == error.code) return row.status;
  }
  for (const KindRow& row : kKinds) {
    if (row.kind == error.kind) return row.status;
  }
  return 500;
}

Surface surface_of(std::string_view path) {
  struct Row {
    std::string_view start;
    Surface surface;
  };
  constexpr Row kRows[] = {{"/v1/logs", Surface::otlp},
                           {"/publisher/", Surface::retraced},
                           {"/audit_logs/", Surface::workos},
                           {"/organizations/", Surface::workos},
                           {"/portal/", Surface::workos}};
  for (const Row& row : kRows) {
    const bool is_folder = row.start.ends_with('/');
    if (is_folder ? path.starts_with(row.start) : path == row.start) return row.surface;
  }
  return Surface::own;
}

httpd::Response render_error(const Error& error, const httpd::Request& request, Surface surface) {
  if (is_internal(error)) {
    log::error("request failed", {{"request_id", request.request_id},
                                  {"path", request.path},
                                  {"code", error.code},
                                  {"error", error.message}});
  }
  const std::string_view detail = is_internal(error) ? kInternal : std::string_view(error.message);
  httpd::Response response = render(status_of(error), error, detail, request, surface);
  if (response.status == 401) response.set("WWW-Authenticate", "Bearer");
  if (response.status == 429 || response.status == 503) {
    const auto seconds = error.retry_after.count() > 0 ? error.retry_after.count() : 1;
    response.set("Retry-After", std::to_string(seconds));
  }
  return response;
}

httpd::Response render_status(int status, std::string_view code, std::string_view detail,
                              const httpd::Request& request) {
  const Error error{ErrorKind::invalid, std::string(code), std::string(detail)};
  return render(status, error, detail, request, surface_of(request.path));
}

}  // namespace trailkeeper::api
