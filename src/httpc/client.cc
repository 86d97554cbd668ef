#include "httpc/client.h"

#include "easy_pool.h"
#include "transfer.h"

namespace trailkeeper::httpc {

std::optional<std::string_view> Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

struct Client::Impl {
  EasyPool pool;
  Result<Response> run(const Request& request, const BodySink* sink);
};

namespace {

// Where a connection leads, and under which trust: only requests with the same may share it.
std::string origin_of(const Request& request) {
  auto scheme = request.url.find("://");
  auto end = scheme == std::string::npos ? 0 : request.url.find_first_of("/?#", scheme + 3);
  return request.url.substr(0, end) + '\n' + request.unix_socket + '\n' + request.connect_address +
         '\n' + request.ca_file;
}

}  // namespace

Result<Response> Client::Impl::run(const Request& request, const BodySink* sink) {
  auto origin = origin_of(request);
  auto handle = pool.take(origin);
  if (!handle) return Error{ErrorKind::unavailable, "connect", "no memory for a request"};
  auto result = Transfer(handle.get(), request, sink).run();
  pool.give_back(origin, std::move(handle));
  return result;
}

Client::Client() : impl_(std::make_unique<Impl>()) {}
Client::~Client() = default;

Result<Response> Client::send(const Request& request) { return impl_->run(request, nullptr); }

Result<Response> Client::stream(const Request& request, const BodySink& sink) {
  return impl_->run(request, &sink);
}

}  // namespace trailkeeper::httpc
