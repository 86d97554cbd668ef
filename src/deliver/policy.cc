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

std::string bucket_policy(const std::string& partition, const std::string& principal,
                          const std::string& bucket, const std::string& path) {
  const std::string arn = "arn:" + partition + ":s3:::" + bucket;
  json::Writer out;
  const auto begin_statement = [&out, &principal](std::string_view name) {
    out.begin_object().member("Sid", name).member("Effect", "Allow");
    out.key("Principal").begin_object().member("AWS", principal).end_object().key("Action");
  };
  out.begin_object().member("Version", "2012-10-17").key("Statement").begin_array();
  begin_statement("TrailkeeperList");
  out.string("s3:ListBucket").member("Resource", arn);
  out.key("Condition")
      .begin_object()
      .key("StringLike")
      .begin_object()
      .member("s3:prefix", path + "/*");
  out.end_object().end_object().end_object();
  begin_statement("TrailkeeperPut");
  out.begin_array().string("s3:PutObject").string("s3:PutObjectAcl").end_array();
  out.member("Resource", arn + "/" + path + "/*").end_object();
  out.end_array().end_object();
  return out.take();
}

}  // namespace trailkeeper::deliver
