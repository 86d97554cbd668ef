#include "s3/client.h"

#include <gtest/gtest.h>

namespace trailkeeper::s3 {
namespace {

Client::Address address_of(ClientSettings settings, const std::string& bucket) {
  httpc::Client http;
  StaticCredentials none({});
  const WallClock wall;
  return Client(http, std::move(settings), none, wall).address(bucket);
}

TEST(Address, PutsTheBucketBeforeAwsHost) {
  const auto address = address_of({.region = "eu-west-1"}, "acme-logs");
  EXPECT_EQ(address.origin, "https://acme-logs.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(address.host, "acme-logs.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(address.base_path, "");
}

TEST(Address, NamesWithDotsAndOwnEndpointsGoIntoThePath) {
  EXPECT_EQ(address_of({.region = "eu-west-1"}, "acme.logs").origin,
            "https://s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(address_of({.region = "eu-west-1"}, "acme.logs").base_path, "/acme.logs");
  EXPECT_EQ(address_of({.region = "eu-west-1", .path_style = true}, "acme-logs").base_path,
            "/acme-logs");
  const auto own =
      address_of({.endpoint = "http://127.0.0.1:9000", .region = "us-east-1"}, "acme-logs");
  EXPECT_EQ(own.origin, "http://127.0.0.1:9000");
  EXPECT_EQ(own.host, "127.0.0.1:9000");
  EXPECT_EQ(own.base_path, "/acme-logs");
}

TEST(Address, KnowsChinasDomain) {
  EXPECT_EQ(aws_origin("sts", "cn-north-1"), "https://sts.cn-north-1.amazonaws.com.cn");
}

TEST(Client, WithoutCredentialsNothingIsSent) {
  httpc::Client http;
  StaticCredentials none({});
  const WallClock wall;
  Client client(http, {.region = "eu-west-1"}, none, wall);
  const auto listed = client.list_objects({.bucket = "acme-logs"});
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, "no_credentials");
  EXPECT_EQ(listed.error().kind, FailureClass::ours);
}

}  // namespace
}  // namespace trailkeeper::s3
