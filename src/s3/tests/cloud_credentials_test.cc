#include "s3/cloud_credentials.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <fstream>

#include "s3/sts.h"
#include "tests/fake_http.h"

namespace trailkeeper::s3 {
namespace {

Timestamp at(std::string_view text) { return parse_rfc3339(text).value(); }

constexpr const char* kJson =
    R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2026-11-22T15:00:00Z"})";

class CloudCredentialsTest : public testing::Test {
 protected:
  void SetUp() override { clear(); }
  void TearDown() override { clear(); }
  static void clear() {
    for (const char* name :
         {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
          "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_REGION"}) {
      ::unsetenv(name);
    }
  }

  httpc::Client http_;
  ManualClock wall_{at("2026-11-22T14:00:00Z")};
};

TEST_F(CloudCredentialsTest, TheInstanceAsksForATokenFirstAndRenewsAt80Percent) {
  std::atomic<int> fetched = 0;
  FakeHttp server([&fetched](const std::string& request) -> std::pair<int, std::string> {
    if (request.starts_with("PUT /latest/api/token ")) return {200, "TOKEN"};
    if (request.find("x-aws-ec2-metadata-token: TOKEN\r\n") == std::string::npos) return {401, ""};
    if (request.starts_with("GET /latest/meta-data/iam/security-credentials/ "))
      return {200, "role"};
    ++fetched;
    return {200, kJson};
  });
  InstanceCredentials provider(http_, wall_, server.origin);
  const auto found = provider.get();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->access_key_id, "A");
  EXPECT_EQ(found->session_token, "T");
  wall_.set(at("2026-11-22T14:47:59Z"));
  ASSERT_TRUE(provider.get());
  EXPECT_EQ(fetched, 1);
  wall_.set(at("2026-11-22T14:48:00Z"));
  ASSERT_TRUE(provider.get());
  EXPECT_EQ(fetched, 2);
}

TEST_F(CloudCredentialsTest, KeptOnesLastWhileARenewalFails) {
  std::atomic<bool> broken = false;
  FakeHttp server([&broken](const std::string& request) -> std::pair<int, std::string> {
    if (broken) return {500, ""};
    if (request.starts_with("PUT ")) return {200, "TOKEN"};
    if (request.find("security-credentials/ ") != std::string::npos) return {200, "role"};
    return {200, kJson};
  });
  InstanceCredentials provider(http_, wall_, server.origin);
  ASSERT_TRUE(provider.get());
  broken = true;
  wall_.set(at("2026-11-22T14:59:00Z"));
  EXPECT_TRUE(provider.get());
  wall_.set(at("2026-11-22T15:00:01Z"));
  EXPECT_EQ(provider.get().error().code, "no_credentials");
}

TEST_F(CloudCredentialsTest, WhereNothingAnswersThereAreNone) {
  std::string origin;
  {
    FakeHttp gone([](const std::string&) { return std::pair<int, std::string>(500, ""); });
    origin = gone.origin;
  }
  EXPECT_EQ(InstanceCredentials(http_, wall_, origin).get().error().code, "no_credentials");
  EXPECT_EQ(ContainerCredentials(http_, wall_).get().error().code, "no_credentials");
  EXPECT_EQ(WebIdentityCredentials(http_, wall_).get().error().code, "no_credentials");
}

TEST_F(CloudCredentialsTest, TheContainersEndpointGetsItsToken) {
  FakeHttp server([](const std::string& request) -> std::pair<int, std::string> {
    if (request.find("authorization: secret\r\n") == std::string::npos) return {403, ""};
    return {200, kJson};
  });
  ::setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", (server.origin + "/creds").c_str(), 1);
  ::setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "secret", 1);
  EXPECT_TRUE(ContainerCredentials(http_, wall_).get());
  ::setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1.evil.example/creds", 1);
  EXPECT_EQ(ContainerCredentials(http_, wall_).get().error().code, "bad_credentials_uri");
}

TEST_F(CloudCredentialsTest, AWebIdentityIsExchangedAtSts) {
  FakeHttp server([](const std::string& request) -> std::pair<int, std::string> {
    if (request.find("WebIdentityToken=to%2Bken") == std::string::npos) return {400, ""};
    return {200,
            "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
            "<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</"
            "SessionToken>"
            "<Expiration>2026-11-22T15:00:00Z</Expiration></Credentials></"
            "AssumeRoleWithWebIdentityResult>"
            "</AssumeRoleWithWebIdentityResponse>"};
  });
  char name[] = "/tmp/token.XXXXXX";
  ::close(::mkstemp(name));
  std::ofstream(name) << "to+ken";
  ::setenv("AWS_WEB_IDENTITY_TOKEN_FILE", name, 1);
  ::setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/vendor", 1);
  const auto found = WebIdentityCredentials(http_, wall_, server.origin).get();
  ::unlink(name);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->session_token, "T");
}

// What STS is asked for, external id and session policy included; radosgw does not take external
// ids.
TEST_F(CloudCredentialsTest, AssumeRoleSendsTheExternalIdAndThePolicy) {
  std::string seen;
  FakeHttp server([&seen](const std::string& request) -> std::pair<int, std::string> {
    seen = request;
    if (request.find("ExternalId=right") == std::string::npos) {
      return {403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"};
    }
    return {200,
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId>"
            "<SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken></Credentials></"
            "AssumeRoleResult>"
            "</AssumeRoleResponse>"};
  });
  StaticCredentials vendor({"K", "S", ""});
  RoleSessions sessions(http_, {.allowed_hosts = {"127.0.0.1"}}, vendor, wall_);
  RoleRequest request{.sts_endpoint = server.origin,
                      .region = "eu-west-1",
                      .role_arn = "arn:aws:iam::123456789012:role/c",
                      .session_name = "tk-x",
                      .external_id = "wrong",
                      .session_policy = prefix_policy("aws", "b", "p/")};
  EXPECT_EQ(sessions.get(request).error().kind, FailureClass::customer_must_act);
  request.external_id = "right";
  ASSERT_TRUE(sessions.get(request));
  EXPECT_NE(seen.find("&RoleSessionName=tk-x&"), std::string::npos);
  EXPECT_NE(seen.find("&Policy=%7B%22Version%22"), std::string::npos);
  EXPECT_NE(seen.find("/eu-west-1/sts/aws4_request"), std::string::npos);
  EXPECT_NE(seen.find("DurationSeconds=3600"), std::string::npos);
}

}  // namespace
}  // namespace trailkeeper::s3
