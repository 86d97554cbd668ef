#include "deliver/s3_sink.h"

#include <map>
#include <mutex>

#include "policy.h"
#include "remedies.h"
#include "s3/client.h"
#include "s3/sts.h"
#include "upload.h"

namespace trailkeeper::deliver {
namespace {

class S3Sink final : public ObjectSink {
 public:
  S3Sink(httpc::Client& http, httpc::AddressPolicy addresses, s3::CredentialsProvider& credentials,
         const Clock& wall)
      : http_(http),
        addresses_(addresses),
        wall_(wall),
        sessions_(http, std::move(addresses), credentials, wall) {}

  std::optional<SinkFailure> assume(const SinkTarget& target) override {
    const auto renewed = sessions_.renew(role_of(target), target.stop);
    if (renewed) return std::nullopt;
    return explain(renewed.error(), Call::assume, target);
  }

  PutOutcome put(const SinkTarget& target, const SinkObject& object) override {
    PutOutcome outcome;
    const auto credentials = sessions_.get(role_of(target), target.stop);
    if (!credentials) {
      outcome.failure = explain(credentials.error(), Call::assume, target);
      return outcome;
    }
    const s3::PutRequest request = put_request(target, object);
    s3::StaticCredentials own(*credentials);
    s3::Client calls = client(target, own);
    const bool in_parts =
        object.part_bytes > 0 && !object.file.empty() && object.bytes > object.part_bytes;
    const auto answer =
        in_parts ? put_in_parts(calls, request, object.part_bytes) : calls.put_object(request);
    if (answer) {
      outcome.kind = PutOutcome::Kind::stored;
      outcome.request_id = answer->request_id;
      outcome.etag = answer->etag;
      outcome.encryption = answer->encryption;
      return outcome;
    }
    outcome.failure = explain(answer.error(), Call::put, target);
    outcome.request_id = answer.error().request_id;
    if (answer.error().status == 412) outcome.kind = PutOutcome::Kind::exists;
    forget_expired(target, answer.error());
    return outcome;
  }

  ListOutcome list(const SinkTarget& target, const std::string& prefix, std::size_t keys_max,
                   const std::string& start_after) override {
    ListOutcome outcome;
    const auto credentials = sessions_.get(role_of(target), target.stop);
    if (!credentials) {
      outcome.failure = explain(credentials.error(), Call::assume, target);
      return outcome;
    }
    s3::StaticCredentials own(*credentials);
    const auto answer = client(target, own)
                            .list_objects({.bucket = target.bucket,
                                           .prefix = prefix,
                                           .start_after = start_after,
                                           .keys_max = keys_max,
                                           .expected_owner = target.account_id});
    if (!answer) {
      outcome.failure = explain(answer.error(), Call::list, target);
      outcome.request_id = answer.error().request_id;
      forget_expired(target, answer.error());
      return outcome;
    }
    outcome.request_id = answer->request_id;
    for (const s3::ListedObject& each : answer->objects) {
      outcome.objects.push_back({each.key, each.bytes, each.etag, each.modified});
    }
    return outcome;
  }

  Reach reach(const SinkTarget& target) override {
    s3::StaticCredentials none({});
    const auto answer = client(target, none).head_bucket(target.bucket);
    if (!answer) return {.failure = explain(answer.error(), Call::reach, target)};
    return {.region = answer->region, .request_id = answer->request_id};
  }

 private:
  static s3::PutRequest put_request(const SinkTarget& target, const SinkObject& object) {
    return {.bucket = target.bucket,
            .key = object.key,
            .file = object.file,
            .content = object.content,
            .bytes = object.bytes,
            .sha256 = object.sha256,
            .md5 = object.md5,
            .content_type = object.content_type,
            .expected_owner = target.account_id,
            .if_absent = object.if_absent,
            .owner_full_control = object.owner_full_control && target.send_acl,
            .encryption = target.encryption,
            .kms_key = target.kms_key};
  }

  static s3::RoleRequest role_of(const SinkTarget& target) {
    const auto role = parse_role_arn(target.role_arn);
    const std::string partition = role ? role->partition : "aws";
    return {.sts_endpoint = target.sts_endpoint,
            .region = target.region,
            .role_arn = target.role_arn,
            .session_name = target.session_name,
            .external_id = target.external_id,
            .session_policy = s3::prefix_policy(partition, target.bucket, target.prefix)};
  }

  s3::Client client(const SinkTarget& target, s3::CredentialsProvider& credentials) const {
    s3::ClientSettings settings{.endpoint = target.endpoint,
                                .region = target.region,
                                .path_style = target.path_style,
                                .addresses = addresses_,
                                .stop = target.stop};
    return s3::Client(http_, std::move(settings), credentials, wall_);
  }

  // A session that ended early is renewed, so that the next try has a fresh one.
  void forget_expired(const SinkTarget& target, const s3::Failure& failure) {
    if (failure.code == "ExpiredToken" || failure.code == "InvalidToken")
      (void)sessions_.renew(role_of(target));
  }

  httpc::Client& http_;
  const httpc::AddressPolicy addresses_;
  const Clock& wall_;
  s3::RoleSessions sessions_;
};

std::string host_without_port(const std::string& url) {
  const auto scheme = url.find("://");
  const std::string host = scheme == std::string::npos ? url : url.substr(scheme + 3);
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find_first_of(":/"));
}

}  // namespace

httpc::AddressPolicy address_policy(const Settings& settings) {
  httpc::AddressPolicy policy;
  for (const Endpoint& endpoint : settings.endpoints) {
    policy.allowed_hosts.push_back(host_without_port(endpoint.url));
    if (!endpoint.sts_url.empty())
      policy.allowed_hosts.push_back(host_without_port(endpoint.sts_url));
  }
  return policy;
}

std::unique_ptr<ObjectSink> make_s3_sink(httpc::Client& http, httpc::AddressPolicy addresses,
                                         s3::CredentialsProvider& credentials, const Clock& wall) {
  return std::make_unique<S3Sink>(http, std::move(addresses), credentials, wall);
}

}  // namespace trailkeeper::deliver
