#include "intake.h"

#include <algorithm>
#include <memory>

#include "base/ascii.h"
#include "compress/gzip.h"
#include "compress/zstd.h"
#include "intake_limits.h"

namespace trailkeeper::api {
namespace {

constexpr std::size_t kKeyBytesMax = 255;
// A few events: read in less time than it takes to wake a thread for them.
constexpr std::size_t kQuickBodyMax = 8 * 1024;

Result<std::string> idempotency_key(const httpd::Request& request) {
  const auto header = request.header("Idempotency-Key");
  if (!header) return std::string();
  const bool printable = std::all_of(header->begin(), header->end(),
                                     [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
  if (!header->empty() && header->size() <= kKeyBytesMax && printable) return std::string(*header);
  return Error{ErrorKind::invalid, "invalid_request",
               "Idempotency-Key must have 1 to 255 printable characters."};
}

// Who sends, and for which org. What is found of `out` before an error stays.
Result<> enter(const httpd::Request& request, const Gate& gate, const Services& services,
               ingest::Request& out) {
  const Caller caller = TRY(gate.enter(request));
  out.key_organization = TRY(services.permissions.may_ingest(caller.principal));
  if (const auto* key = caller.principal.key()) {
    out.application = key->application;
    out.otlp_mapping = key->otlp_mapping;
    out.sender = {.key = key->id, .key_limits = key->limits, .org = key->org};
  }
  return {};
}

Result<> prepare(httpd::Request& request, const IntakeForm& form, ingest::Request& out) {
  out.route = form.pattern;
  out.idempotency_key = TRY(idempotency_key(request));
  TRY(form.read(request, out));
  out.body = TRY(unpack_body(request, ingest::kBodyBytesMax));
  return {};
}

// What has to live until the journal's writer calls back.
struct Waiting {
  httpd::Request request;
  httpd::Responder responder;
  ingest::LimitReport limits{};
};

// The answer, or the error in the surface's shape, with what the sender has left.
void send_limited(Result<httpd::Response> result, Waiting& waiting, Surface surface) {
  httpd::Response response =
      result ? *std::move(result) : render_error(result.error(), waiting.request, surface);
  add_limit_headers(response, waiting.limits);
  waiting.responder.send(std::move(response));
}

Result<httpd::Response> render(const IntakeForm& form, Result<ingest::Answer> answer,
                               const httpd::Request& request) {
  if (answer) return form.render(*answer, request);
  if (form.empty_is_well && answer.error().code == "no_events") return form.render({}, request);
  return std::move(answer).error();
}

}  // namespace

std::string media_type(const httpd::Request& request) {
  const auto header = request.header("Content-Type");
  if (!header) return {};
  std::string type = lower_ascii(header->substr(0, header->find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  return type;
}

Result<std::string> unpack_body(httpd::Request& request, std::size_t limit) {
  const auto header = request.header("Content-Encoding");
  const std::string encoding = header ? lower_ascii(*header) : std::string();
  if (encoding.empty() || encoding == "identity") return std::move(request.body);
  if (encoding == "gzip" || encoding == "x-gzip") {
    return compress::gunzip(request.body, limit);
  }
  if (encoding == "zstd") return compress::unzstd(request.body, limit);
  return Error{ErrorKind::invalid, "unsupported_encoding",
               "Content-Encoding must be gzip or zstd, or absent."};
}

void add_intake_route(Routes& routes, const Services& services, IntakeForm form) {
  const Gate& gate = routes.gate();
  const auto shared = std::make_shared<const IntakeForm>(std::move(form));
  const auto handler = [&gate, &services, shared](httpd::Request request,
                                                  httpd::Responder responder) {
    ingest::Request prepared;
    if (shared->adapt) shared->adapt(request);
    if (auto entered = enter(request, gate, services, prepared); !entered) {
      return send(std::move(entered).error(), request, std::move(responder), shared->surface);
    }
    auto waiting = std::make_shared<Waiting>(Waiting{std::move(request), std::move(responder)});
    if (auto done = prepare(waiting->request, *shared, prepared); !done) {
      waiting->limits = services.ingest.limits(prepared.sender);
      return send_limited(std::move(done).error(), *waiting, shared->surface);
    }
    waiting->request.body.clear();
    prepared.limits = &waiting->limits;
    services.ingest.accept(std::move(prepared), [shared, waiting](Result<ingest::Answer> answer) {
      send_limited(render(*shared, std::move(answer), waiting->request), *waiting, shared->surface);
    });
  };
  routes.router().add(
      "POST", shared->pattern, handler,
      {.body_bytes_max = ingest::kBodyBytesMax, .is_quick = [&gate](const httpd::Request& request) {
         return request.body.size() <= kQuickBodyMax && !request.header("Content-Encoding") &&
                gate.knows(request);
       }});
}

}  // namespace trailkeeper::api
