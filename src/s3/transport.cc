#include "transport.h"

#include <charconv>

namespace trailkeeper::s3 {
namespace {

std::string without_port(const std::string& host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

std::chrono::seconds retry_after(const httpc::Response& response) {
  const auto value = response.header("retry-after");
  int seconds = 0;
  if (value) std::from_chars(value->data(), value->data() + value->size(), seconds);
  return std::chrono::seconds(seconds > 0 && seconds <= 3600 ? seconds : 0);
}

Failure answered_failure(const httpc::Response& response) {
  Failure failure = parse_failure(response.status, response.body);
  if (const auto id = response.header("x-amz-request-id")) failure.request_id = *id;
  if (const auto id = response.header("x-amz-id-2")) failure.host_id = *id;
  if (const auto region = response.header("x-amz-bucket-region")) failure.region = *region;
  failure.retry_after = retry_after(response);
  return failure;
}

}  // namespace

std::string host_of(const std::string& origin) {
  const auto scheme = origin.find("://");
  return scheme == std::string::npos ? origin : origin.substr(scheme + 3);
}

std::string unquoted(std::string_view etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
    etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

Outcome<httpc::Response> exchange(const Exchange& with, Signable signable, httpc::Request request,
                                  Timestamp wall) {
  const std::string host = host_of(with.origin);
  auto address = httpc::resolve_checked(without_port(host), with.addresses);
  if (!address) return transport_failure(address.error());
  signable.method = request.method;
  signable.headers.emplace_back("host", host);
  signable.headers.emplace_back("x-amz-date", amz_date(wall));
  if (!with.credentials.session_token.empty()) {
    signable.headers.emplace_back("x-amz-security-token", with.credentials.session_token);
  }
  const Signature signature = sign(signable, with.credentials, with.scope, wall);
  request.url =
      with.origin + signature.path + (signature.query.empty() ? "" : "?" + signature.query);
  request.connect_address = *address;
  for (const auto& header : signable.headers) {
    if (header.first != "host") request.headers.push_back(header);
  }
  request.headers.emplace_back("authorization", signature.authorization);
  auto response = with.http.send(request);
  if (!response) return transport_failure(response.error());
  if (response->status < 200 || response->status >= 300) return answered_failure(*response);
  return *std::move(response);
}

}  // namespace trailkeeper::s3
