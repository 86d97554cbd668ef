#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/hash.h"
#include "json/lists.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

httpd::Response text_response(std::string_view type, std::string body) {
  httpd::Response response;
  response.set("Content-Type", std::string(type));
  response.set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

httpd::Response render(const Readiness& readiness) {
  json::Writer out;
  out.begin_object().member("ready", readiness.ready).key("parts").begin_object();
  for (const auto& [part, state] : readiness.parts) out.member(part, state);
  out.end_object();
  json::write_texts(out, "warnings", readiness.warnings);
  out.end_object();
  auto response = json_response(readiness.ready ? 200 : 503, out.take());
  if (!readiness.ready) response.set("Retry-After", "1");
  return response;
}

}  // namespace

void add_operation_routes(Routes& routes, const Services& services, const Options& options) {
  routes.add_open("GET", "/livez", [](const httpd::Request&) -> Result<httpd::Response> {
    return text_response("text/plain; charset=utf-8", "ok\n");
  });
  routes.add_open("GET", "/readyz", [&](const httpd::Request&) -> Result<httpd::Response> {
    return render(services.readiness());
  });
  routes.add_open("GET", "/metrics", [&](const httpd::Request&) -> Result<httpd::Response> {
    return text_response("text/plain; version=0.0.4; charset=utf-8", services.metrics.text());
  });
  if (options.openapi_file.empty()) return;
  auto document = read_file(options.openapi_file);
  if (!document) {
    log::warn("the interface's description is not served", {{"error", document.error().message}});
    return;
  }
  // Generators ask again and again; the tag changes with the text.
  const std::string tag = "\"" + to_hex(as_text(crypto::sha256(*document))).substr(0, 32) + "\"";
  routes.add_open(
      "GET", "/openapi.yaml",
      [tag, text = *std::move(document)](const httpd::Request& request) -> Result<httpd::Response> {
        const auto known = request.header("If-None-Match");
        const bool same = known && (*known == "*" || known->find(tag) != std::string_view::npos);
        auto response = same ? empty_response(304) : text_response("application/yaml", text);
        response.set("Cache-Control", "no-cache");
        response.set("ETag", tag);
        return response;
      });
}

}  // namespace trailkeeper::api
