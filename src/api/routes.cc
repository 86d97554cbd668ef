#include "routes.h"

#include "base/ascii.h"
#include "problem.h"
#include "query_reader.h"

namespace trailkeeper::api {
namespace {

bool is_json(std::string_view type) {
  const std::string_view name = type.substr(0, type.find(';'));
  constexpr std::string_view kJson = "application/json";
  std::size_t end = name.size();
  while (end > 0 && name[end - 1] == ' ') --end;
  if (end != kJson.size()) return false;
  for (std::size_t i = 0; i < end; ++i) {
    if (lower_ascii(name[i]) != kJson[i]) return false;
  }
  return true;
}

}  // namespace

void send(Result<httpd::Response> result, const httpd::Request& request, httpd::Responder responder,
          Surface surface) {
  if (!result) return responder.send(render_error(result.error(), request, surface));
  responder.send(*std::move(result));
}

Result<OrgId> Call::org() const {
  const auto text = request.parameter("org");
  if (text) {
    if (auto id = OrgId::parse(*text)) return *std::move(id);
  }
  return Error{ErrorKind::not_found, "org_not_found", "There is no such organization."};
}

Result<Uuid> Call::uuid(std::string_view what) const {
  const auto text = request.parameter("id");
  if (text) {
    if (const auto id = Uuid::parse(*text)) return *id;
  }
  return Error{ErrorKind::not_found, "not_found", "There is no such " + std::string(what) + "."};
}

std::string Call::text(std::string_view name) const {
  return std::string(request.parameter(name).value_or(std::string_view()));
}

void Routes::add(std::string method, std::string pattern, Endpoint endpoint, Surface surface) {
  const Gate& gate = gate_;
  router_.add(std::move(method), std::move(pattern),
              [&gate, surface, endpoint = std::move(endpoint)](httpd::Request request,
                                                               httpd::Responder responder) {
                auto caller = gate.enter(request);
                if (!caller) {
                  return send(std::move(caller).error(), request, std::move(responder), surface);
                }
                auto response = endpoint(Call{request, *std::move(caller)});
                send(std::move(response), request, std::move(responder), surface);
              });
}

void Routes::add_open(std::string method, std::string pattern, OpenEndpoint endpoint) {
  router_.add(std::move(method), std::move(pattern),
              [endpoint = std::move(endpoint)](httpd::Request request, httpd::Responder responder) {
                send(endpoint(request), request, std::move(responder));
              });
}

Result<JsonBody> JsonBody::parse(const httpd::Request& request) {
  const auto type = request.header("Content-Type");
  if (!type || !is_json(*type)) {
    return Error{ErrorKind::invalid, "unsupported_media_type",
                 "Send the body as 'Content-Type: application/json'."};
  }
  JsonBody body;
  auto root = body.document_->parse(request.body);
  if (!root) {
    Error error = std::move(root).error();
    error.code = "invalid_json";
    return error;
  }
  body.root_ = *root;
  return body;
}

httpd::Response json_response(int status, std::string body) {
  httpd::Response response;
  response.status = status;
  response.set("Content-Type", "application/json");
  response.set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

httpd::Response empty_response(int status) {
  httpd::Response response;
  response.status = status;
  response.set("Cache-Control", "no-store");
  return response;
}

void member_or_null(json::Writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.string(text);
  }
}

void member_or_null(json::Writer& out, std::string_view name,
                    const std::optional<Timestamp>& time) {
  out.key(name);
  if (time) {
    out.string(format_rfc3339(*time));
  } else {
    out.null();
  }
}

void member_time(json::Writer& out, std::string_view name, Timestamp time) {
  out.key(name).string(format_rfc3339(time));
}

void end_list(json::Writer& out, std::string_view next_cursor) {
  member_or_null(out, "next_cursor", next_cursor);
  out.member("has_more", !next_cursor.empty()).end_object();
}

Error bad_cursor() {
  return Error{ErrorKind::invalid,
               "bad_cursor",
               "The cursor is none of this list; start again without one.",
               {{"cursor", "bad_cursor", "It must be the next_cursor of the page before."}}};
}

IdPage read_id_page(QueryReader& query) {
  IdPage page;
  page.limit = query.number("limit", 1, kListLimitMax, kListLimit);
  const std::string cursor = query.text("cursor", 1024);
  if (cursor.empty()) return page;
  page.after = Uuid::parse(cursor);
  if (!page.after)
    query.refuse("cursor", "bad_cursor", "It must be the next_cursor of the page before.");
  return page;
}

}  // namespace trailkeeper::api
