#include "s3/sts.h"

#include <pugixml.hpp>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "json/writer.h"
#include "s3/client.h"
#include "transport.h"

namespace trailkeeper::s3 {
namespace {

constexpr std::size_t kSessionsMax = 10000;

std::string form(const RoleRequest& request) {
  std::string body = "Action=AssumeRole&Version=2011-06-15&DurationSeconds=" +
                     std::to_string(request.duration.count());
  const auto add = [&body](std::string_view name, const std::string& value) {
    if (!value.empty()) body.append("&").append(name).append("=").append(uri_encode(value, false));
  };
  add("RoleArn", request.role_arn);
  add("RoleSessionName", request.session_name);
  add("ExternalId", request.external_id);
  add("Policy", request.session_policy);
  return body;
}

Outcome<Credentials> parse_credentials(const httpc::Response& response) {
  pugi::xml_document document;
  document.load_buffer(response.body.data(), response.body.size(), pugi::parse_default,
                       pugi::encoding_utf8);
  const pugi::xml_node found =
      document.document_element().child("AssumeRoleResult").child("Credentials");
  Credentials credentials{found.child_value("AccessKeyId"), found.child_value("SecretAccessKey"),
                          found.child_value("SessionToken"),
                          parse_rfc3339(found.child_value("Expiration"))};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() ||
      credentials.session_token.empty()) {
    Failure failure;
    failure.kind = FailureClass::ours;
    failure.code = "bad_answer";
    failure.message = "The answer is not the XML that STS sends.";
    failure.status = response.status;
    return failure;
  }
  return credentials;
}

}  // namespace

RoleSessions::RoleSessions(httpc::Client& http, httpc::AddressPolicy addresses,
                           CredentialsProvider& base, const Clock& wall)
    : http_(http), addresses_(std::move(addresses)), base_(base), wall_(wall) {}

Outcome<Credentials> RoleSessions::get(const RoleRequest& request, const std::stop_token& stop) {
  {
    const MutexLock lock(mutex_);
    const auto found = sessions_.find(request);
    if (found != sessions_.end() && wall_.now() < found->second.renew_at)
      return found->second.credentials;
  }
  return renew(request, stop);
}

Outcome<Credentials> RoleSessions::renew(const RoleRequest& request, const std::stop_token& stop) {
  const Timestamp asked = wall_.now();
  auto credentials = assume(request, stop);
  if (!credentials) return credentials;
  const Timestamp expires = credentials->expires_at.value_or(asked + request.duration);
  const MutexLock lock(mutex_);
  if (sessions_.size() >= kSessionsMax) sessions_.clear();
  sessions_[request] = Session{*credentials, asked + (expires - asked) * 4 / 5};
  return credentials;
}

Outcome<Credentials> RoleSessions::assume(const RoleRequest& role, const std::stop_token& stop) {
  const auto base = base_.get();
  if (!base) return transport_failure(base.error());
  httpc::Request request;
  request.method = "POST";
  request.body = form(role);
  request.total_timeout = std::chrono::seconds(20);
  request.response_bytes_max = 1u << 20;
  request.stop = stop;
  Signable signable;
  signable.path = "/";
  signable.payload_sha256 = to_hex(as_text(crypto::sha256(request.body)));
  // S3's own STS of other makers reads the hash from the header; AWS' does not mind it.
  signable.headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
                      {"x-amz-content-sha256", signable.payload_sha256}};
  const std::string origin =
      role.sts_endpoint.empty() ? aws_origin("sts", role.region) : role.sts_endpoint;
  const Exchange with{http_, addresses_, *base, Scope{role.region, "sts"}, origin};
  auto response = exchange(with, std::move(signable), std::move(request), wall_.now());
  if (!response) return response.error();
  return parse_credentials(*response);
}

std::string prefix_policy(const std::string& partition, const std::string& bucket,
                          const std::string& prefix) {
  const std::string arn = "arn:" + partition + ":s3:::" + bucket;
  json::Writer out;
  out.begin_object().member("Version", "2012-10-17").key("Statement").begin_array();
  out.begin_object();
  out.member("Effect", "Allow").member("Action", "s3:ListBucket").member("Resource", arn);
  out.key("Condition")
      .begin_object()
      .key("StringLike")
      .begin_object()
      .member("s3:prefix", prefix + "*");
  out.end_object().end_object().end_object();
  out.begin_object();
  out.member("Effect", "Allow").key("Action").begin_array();
  out.string("s3:PutObject").string("s3:PutObjectAcl").string("s3:AbortMultipartUpload");
  out.end_array().member("Resource", arn + "/" + prefix + "*");
  out.end_object().end_array().end_object();
  return out.take();
}

}  // namespace trailkeeper::s3
