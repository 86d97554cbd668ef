#include "policy.h"

#include <algorithm>

#include "json/writer.h"

namespace trailkeeper::deliver {
namespace {

constexpr std::size_t kArnMax = 600;

bool all_digits(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool of_role_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("+=,.@_-/").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::optional<RoleArn> parse_role_arn(const std::string& arn) {
  if (arn.size() > kArnMax || !arn.starts_with("arn:aws")) return std::nullopt;
  const auto service = arn.find(":iam::", 4);
  if (service == std::string::npos) return std::nullopt;
  RoleArn role;
  role.partition = arn.substr(4, service - 4);
  if (role.partition != "aws" && role.partition != "aws-cn" && role.partition != "aws-us-gov")
    return std::nullopt;
  const auto resource = arn.find(":role/", service + 6);
  if (resource == std::string::npos) return std::nullopt;
  role.account = arn.substr(service + 6, resource - service - 6);
  // Other makers' services have roles without an account.
  if (!all_digits(role.account) || (!role.account.empty() && role.account.size() != 12))
    return std::nullopt;
  const std::string path = arn.substr(resource + 6);
  if (!of_role_name(path) || path.back() == '/') return std::nullopt;
  const auto slash = path.rfind('/');
  role.name = slash == std::string::npos ? path : path.substr(slash + 1);
  return role;
}

std::string session_principal(const RoleArn& role, const std::string& session_name) {
  return "arn:" + role.partition + ":sts::" + role.account + ":assumed-role/" + role.name + "/" +
         session_name;
}

namespace {

json::Writer& begin_statement(json::Writer& out, std::string_view sid, const PolicyPlace& place) {
  out.begin_object().member("Sid", sid).member("Effect", "Allow");
  if (!place.principal.empty())
    out.key("Principal").begin_object().member("AWS", place.principal).end_object();
  return out.key("Action");
}

std::string bucket_arn(const PolicyPlace& place) {
  return "arn:" + place.partition + ":s3:::" + place.bucket;
}

}  // namespace

std::string list_statement(const PolicyPlace& place) {
  json::Writer out;
  begin_statement(out, "TrailkeeperList", place).string("s3:ListBucket");
  out.member("Resource", bucket_arn(place)).key("Condition").begin_object();
  out.key("StringLike").begin_object().member("s3:prefix", place.path + "/*");
  return out.end_object().end_object().end_object().take();
}

std::string put_statement(const PolicyPlace& place, const std::vector<std::string>& actions) {
  json::Writer out;
  begin_statement(out, "TrailkeeperPut", place).begin_array();
  for (const std::string& action : actions) out.string(action);
  out.end_array().member("Resource", bucket_arn(place) + "/" + place.path + "/*");
  return out.end_object().take();
}

std::string abort_statement(const PolicyPlace& place) {
  json::Writer out;
  begin_statement(out, "TrailkeeperAbort", place).string("s3:AbortMultipartUpload");
  out.member("Resource", bucket_arn(place) + "/" + place.path + "/*");
  return out.end_object().take();
}

std::string key_statement(const PolicyPlace& place) {
  json::Writer out;
  begin_statement(out, "TrailkeeperEncrypt", place).begin_array();
  out.string("kms:GenerateDataKey").string("kms:Decrypt").end_array();
  return out.member("Resource", "*").end_object().take();
}

std::string external_id_condition(const std::string& external_id) {
  json::Writer out;
  out.begin_object().key("Condition").begin_object().key("StringEquals").begin_object();
  out.member("sts:ExternalId", external_id);
  return out.end_object().end_object().end_object().take();
}

std::string policy_of(const std::vector<std::string>& statements) {
  json::Writer out;
  out.begin_object().member("Version", "2012-10-17").key("Statement").begin_array();
  for (const std::string& statement : statements) out.raw(statement);
  return out.end_array().end_object().take();
}

std::string bucket_policy(const std::string& partition, const std::string& principal,
                          const std::string& bucket, const std::string& path) {
  const PolicyPlace place{partition, principal, bucket, path};
  return policy_of(
      {list_statement(place), put_statement(place, {"s3:PutObject", "s3:PutObjectAcl"})});
}

std::string bucket_policy_by_user_id(const std::string& role_arn, const std::string& session_name,
                                     const PolicyPlace& place) {
  json::Writer out;
  const auto begin = [&](std::string_view sid) {
    out.begin_object().member("Sid", sid).member("Effect", "Allow");
    out.key("Principal").begin_object().member("AWS", role_arn).end_object();
  };
  const auto condition = [&](bool with_prefix) {
    out.key("Condition").begin_object().key("StringLike").begin_object();
    out.member("aws:userid", "*:" + session_name);
    if (with_prefix) out.member("s3:prefix", place.path + "/*");
    out.end_object().end_object().end_object();
  };
  out.begin_object().member("Version", "2012-10-17").key("Statement").begin_array();
  begin("TrailkeeperList");
  out.member("Action", "s3:ListBucket").member("Resource", bucket_arn(place));
  condition(true);
  begin("TrailkeeperPut");
  out.key("Action").begin_array().string("s3:PutObject").string("s3:PutObjectAcl").end_array();
  out.member("Resource", bucket_arn(place) + "/" + place.path + "/*");
  condition(false);
  return out.end_array().end_object().take();
}

std::string trust_policy(const std::string& trusted, const std::string& external_id) {
  json::Writer out;
  out.begin_object().member("Version", "2012-10-17").key("Statement").begin_array();
  out.begin_object().member("Sid", "TrailkeeperAssume").member("Effect", "Allow");
  out.key("Principal").begin_object().member("AWS", trusted).end_object();
  out.member("Action", "sts:AssumeRole").key("Condition").begin_object();
  out.key("StringEquals").begin_object().member("sts:ExternalId", external_id);
  return out.end_object().end_object().end_object().end_array().end_object().take();
}

}  // namespace trailkeeper::deliver
