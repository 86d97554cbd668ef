#include "s3/cloud_credentials.h"

#include <cstdlib>
#include <pugixml.hpp>

#include "base/file.h"
#include "json/document.h"
#include "s3/client.h"

namespace trailkeeper::s3 {
namespace {

constexpr std::size_t kTokenBytesMax = 64u << 10;
constexpr std::size_t kAnswerBytesMax = 256u << 10;
// After nothing answered, it is not asked again for this long.
constexpr Duration kRefusedFor = std::chrono::minutes(1);
// Answers that do not say when they end are asked for again after this time.
constexpr Duration kUnknownLife = std::chrono::minutes(15);

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Error none(const std::string& where) {
  return Error{ErrorKind::not_found, "no_credentials",
               "There are no AWS credentials in " + where + "."};
}

Error unusable(const std::string& where) {
  return Error{ErrorKind::failed, "bad_credentials",
               where + " answered something other than credentials."};
}

httpc::Request small_request(std::string method, std::string url) {
  httpc::Request request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.connect_timeout = std::chrono::seconds(1);
  request.total_timeout = std::chrono::seconds(5);
  request.response_bytes_max = kAnswerBytesMax;
  return request;
}

// The form that instance metadata and container endpoints share.
Result<Credentials> parse_json(const std::string& body, const std::string& where) {
  json::Document document;
  const auto root = document.parse(body);
  if (!root) return unusable(where);
  const auto text = [&root](std::string_view name) {
    const auto found = root->find(name);
    return found ? std::string(found->text()) : std::string();
  };
  Credentials found{text("AccessKeyId"), text("SecretAccessKey"), text("Token"),
                    parse_rfc3339(text("Expiration"))};
  if (found.access_key_id.empty() || found.secret_access_key.empty()) return unusable(where);
  return found;
}

bool may_receive_token(const std::string& url) {
  if (url.starts_with("https://")) return true;
  for (const char* host : {"http://169.254.170.2", "http://169.254.170.23", "http://127.0.0.1",
                           "http://localhost", "http://[fd00:ec2::23]", "http://[::1]"}) {
    const std::string_view prefix(host);
    if (!url.starts_with(prefix)) continue;
    const std::string rest = url.substr(prefix.size());
    if (rest.empty() || rest.front() == '/' || rest.front() == ':') return true;
  }
  return false;
}

}  // namespace

Result<Credentials> TemporaryCredentials::get() {
  const MutexLock lock(mutex_);
  const Timestamp now = wall_.now();
  if (now < renew_at_) {
    if (kept_) return *kept_;
    if (refused_) return *refused_;
  }
  auto fetched = fetch();
  if (fetched) {
    const Timestamp end = fetched->expires_at.value_or(now + kUnknownLife);
    kept_ = *fetched;
    refused_.reset();
    renew_at_ = now + (end - now) * 4 / 5;
    return fetched;
  }
  renew_at_ = now + kRefusedFor;
  if (kept_ && kept_->expires_at && now < *kept_->expires_at) return *kept_;
  kept_.reset();
  refused_ = fetched.error();
  return fetched;
}

InstanceCredentials::InstanceCredentials(httpc::Client& http, const Clock& wall, std::string origin)
    : TemporaryCredentials(wall), http_(http), origin_(std::move(origin)) {}

Result<Credentials> InstanceCredentials::fetch() {
  const std::string where = "the instance metadata service";
  httpc::Request ask = small_request("PUT", origin_ + "/latest/api/token");
  ask.headers = {{"x-aws-ec2-metadata-token-ttl-seconds", "300"}};
  const auto token = http_.send(ask);
  if (!token || token->status != 200) return none(where);
  const std::string base = origin_ + "/latest/meta-data/iam/security-credentials/";
  httpc::Request roles = small_request("GET", base);
  roles.headers = {{"x-aws-ec2-metadata-token", token->body}};
  const auto listed = http_.send(roles);
  if (!listed || listed->status != 200) return none(where);
  const std::string role = listed->body.substr(0, listed->body.find('\n'));
  httpc::Request get = small_request("GET", base + uri_encode(role, false));
  get.headers = roles.headers;
  const auto answer = http_.send(get);
  if (!answer) return answer.error();
  if (answer->status != 200) return unusable(where);
  return parse_json(answer->body, where);
}

ContainerCredentials::ContainerCredentials(httpc::Client& http, const Clock& wall)
    : TemporaryCredentials(wall), http_(http) {}

Result<Credentials> ContainerCredentials::fetch() {
  const std::string where = "the container's environment";
  const std::string relative = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  std::string url = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!relative.empty()) url = "http://169.254.170.2" + relative;
  if (url.empty()) return none(where);
  if (!may_receive_token(url)) {
    return Error{ErrorKind::failed, "bad_credentials_uri",
                 "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that must not get the token."};
  }
  httpc::Request request = small_request("GET", url);
  std::string token = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  const std::string file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!file.empty()) token = TRY(read_file(file, kTokenBytesMax));
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  if (!token.empty()) request.headers = {{"authorization", token}};
  const auto answer = http_.send(request);
  if (!answer) return answer.error();
  if (answer->status != 200) return unusable("The container's credentials endpoint");
  return parse_json(answer->body, "The container's credentials endpoint");
}

WebIdentityCredentials::WebIdentityCredentials(httpc::Client& http, const Clock& wall,
                                               std::string sts_origin)
    : TemporaryCredentials(wall), http_(http), sts_origin_(std::move(sts_origin)) {}

Result<Credentials> WebIdentityCredentials::fetch() {
  const std::string file = environment("AWS_WEB_IDENTITY_TOKEN_FILE");
  const std::string role = environment("AWS_ROLE_ARN");
  if (file.empty() || role.empty()) return none("the cluster's environment");
  const std::string token = TRY(read_file(file, kTokenBytesMax));
  std::string region = environment("AWS_REGION");
  if (region.empty()) region = environment("AWS_DEFAULT_REGION");
  if (region.empty()) region = "us-east-1";
  std::string session = environment("AWS_ROLE_SESSION_NAME");
  if (session.empty()) session = "trailkeeper";
  const std::string origin = sts_origin_.empty() ? aws_origin("sts", region) : sts_origin_;
  // Not signed: the token is the proof.
  httpc::Request request = small_request("POST", origin + "/");
  request.headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}};
  request.body =
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" + uri_encode(role, false) +
      "&RoleSessionName=" + uri_encode(session, false) +
      "&WebIdentityToken=" + uri_encode(token, false);
  const auto answer = http_.send(request);
  if (!answer) return answer.error();
  pugi::xml_document document;
  document.load_buffer(answer->body.data(), answer->body.size());
  const pugi::xml_node found =
      document.document_element().child("AssumeRoleWithWebIdentityResult").child("Credentials");
  Credentials credentials{found.child_value("AccessKeyId"), found.child_value("SecretAccessKey"),
                          found.child_value("SessionToken"),
                          parse_rfc3339(found.child_value("Expiration"))};
  if (answer->status != 200 || credentials.access_key_id.empty()) return unusable("STS");
  return credentials;
}

std::unique_ptr<CredentialsProvider> usual_credentials(httpc::Client& http, const Clock& wall,
                                                       const std::string& file,
                                                       const std::string& profile) {
  std::vector<std::unique_ptr<CredentialsProvider>> chain;
  chain.push_back(std::make_unique<EnvironmentCredentials>());
  chain.push_back(std::make_unique<WebIdentityCredentials>(http, wall));
  if (!file.empty()) chain.push_back(std::make_unique<FileCredentials>(file, profile));
  chain.push_back(std::make_unique<ContainerCredentials>(http, wall));
  chain.push_back(std::make_unique<InstanceCredentials>(http, wall));
  return std::make_unique<CredentialsChain>(std::move(chain));
}

}  // namespace trailkeeper::s3
