#include "httpd/static_files.h"

#include "base/log.h"
#include "problem.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors ";

// Only the pages that the operator names may show the embedded page; no page shows any other.
std::vector<httpd::Header> page_headers(const std::vector<std::string>& parents) {
  std::string policy(kContentSecurityPolicy);
  if (parents.empty()) return {{"Content-Security-Policy", policy + "'none'"}};
  for (const std::string& parent : parents) policy += (policy.back() == ' ' ? "" : " ") + parent;
  // The older header knows no lists; an empty one is not sent.
  return {{"Content-Security-Policy", policy}, {"X-Frame-Options", ""}};
}

bool belongs_to_interface(std::string_view path) {
  return path.starts_with("/v1/") || surface_of(path) != Surface::own;
}

}  // namespace

void add_console_routes(Routes& routes, const Options& options) {
  if (options.console_folder.empty()) {
    log::warn("there is no built console to serve; name its folder as console.folder");
    return;
  }
  const httpd::StaticFiles files(options.console_folder);
  const httpd::Handler pages = files.handler(page_headers({}));
  const httpd::Handler embedded = files.handler(page_headers(options.embed_parents));
  // The element that pages of the vendor's product load from here.
  std::vector<httpd::Header> shared = page_headers({});
  shared.push_back({"Cross-Origin-Resource-Policy", "cross-origin"});
  const httpd::Handler element = files.handler(std::move(shared));
  const auto handler = [pages](httpd::Request request, httpd::Responder responder) {
    // The page answers addresses that only it knows, but a mistyped call must not get a page.
    if (belongs_to_interface(request.path)) {
      return send(Error{ErrorKind::not_found, "not_found", "There is nothing at this address."},
                  request, std::move(responder), surface_of(request.path));
    }
    pages(std::move(request), std::move(responder));
  };
  routes.router().add("GET", "/", handler);
  routes.router().add("GET", "/embed.js", element);
  routes.router().add("GET", "/embed/{page...}", embedded);
  routes.router().add("GET", "/{path...}", handler);
}

}  // namespace trailkeeper::api
