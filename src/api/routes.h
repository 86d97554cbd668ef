#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "gate.h"
#include "httpd/router.h"
#include "json/document.h"
#include "json/writer.h"
#include "problem.h"

namespace trailkeeper::api {

// A request whose sender is known.
struct Call {
  const httpd::Request& request;
  Caller caller;

  // A part of the path that names an org; `not_found` when it cannot be an org's id.
  Result<OrgId> org() const;
  // The same for `{id}` where ids are UUIDs.
  Result<Uuid> uuid(std::string_view what) const;
  // A path parameter as text.
  std::string text(std::string_view name) const;
};

using Endpoint = std::function<Result<httpd::Response>(const Call&)>;
using OpenEndpoint = std::function<Result<httpd::Response>(const httpd::Request&)>;

// Puts endpoints into a router: what is the same for all of them happens here. Handlers run on the
// server's pool and may block.
class Routes {
 public:
  Routes(httpd::Router& router, const Gate& gate) : router_(router), gate_(gate) {}

  // Needs a credential.
  void add(std::string method, std::string pattern, Endpoint endpoint,
           Surface surface = Surface::own);
  // Needs none.
  void add_open(std::string method, std::string pattern, OpenEndpoint endpoint);

  const Gate& gate() const { return gate_; }
  httpd::Router& router() { return router_; }

 private:
  httpd::Router& router_;
  const Gate& gate_;
};

// A body that must be one JSON object sent as application/json. `invalid` with code `invalid_json`
// or `unsupported_media_type`.
class JsonBody {
 public:
  static Result<JsonBody> parse(const httpd::Request& request);
  json::Node root() const { return *root_; }

 private:
  // On the heap, because nodes point to it.
  std::unique_ptr<json::Document> document_ = std::make_unique<json::Document>();
  std::optional<json::Node> root_;
};

// Sends the answer, or the error as the surface shows it.
void send(Result<httpd::Response> result, const httpd::Request& request, httpd::Responder responder,
          Surface surface = Surface::own);

// A complete JSON answer that must not be kept by anyone.
httpd::Response json_response(int status, std::string body);
httpd::Response empty_response(int status);

// Members that may be absent: shown as null.
void member_or_null(json::Writer& out, std::string_view name, std::string_view text);
void member_or_null(json::Writer& out, std::string_view name, const std::optional<Timestamp>& time);
void member_time(json::Writer& out, std::string_view name, Timestamp time);

// The end of a list: `"next_cursor", "has_more"` and the closing brace.
void end_list(json::Writer& out, std::string_view next_cursor);

inline constexpr std::size_t kListLimit = 50;
inline constexpr std::size_t kListLimitMax = 200;

// `invalid` (`bad_cursor`).
Error bad_cursor();

// What a page by id was asked for.
struct IdPage {
  std::size_t limit = kListLimit;
  std::optional<Uuid> after{};
};
class QueryReader;
// Reads `limit` and `cursor`, where cursors are ids.
IdPage read_id_page(QueryReader& query);

}  // namespace trailkeeper::api
