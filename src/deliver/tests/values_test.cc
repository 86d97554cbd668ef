#include "values.h"

#include <gtest/gtest.h>

namespace trailkeeper::deliver {
namespace {

Settings with_role() {
  return {
      .role_arn = "arn:aws:iam::123456789012:role/delivery",
      .endpoints = {
          {.url = "http://127.0.0.1:9000", .sts_url = "http://127.0.0.1:9001", .region = "lab"}}};
}

DestinationRequest good() { return {.bucket = "acme-logs", .region = "eu-west-1"}; }

std::string first_pointer(const DestinationRequest& request,
                          const Settings& settings = with_role()) {
  const auto target = checked_target(request, settings);
  return target ? "" : target.error().fields.at(0).pointer;
}

TEST(Values, GoodOnesAreKeptAsEntered) {
  DestinationRequest request = good();
  request.path = "/in//audit/";
  EXPECT_EQ(first_pointer(request), "/path");
  request.path = "/in/audit/";
  request.account_id = "123456789012";
  const auto target = checked_target(request, with_role());
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "in/audit");
  EXPECT_EQ(target->bucket, "acme-logs");
}

TEST(Values, ADraftMayLackItsBucketAndAnEmptyPathIsTheUsualOne) {
  const auto target = checked_target({.path = "/"}, with_role());
  ASSERT_TRUE(target) << target.error().fields.at(0).detail;
  EXPECT_EQ(target->path, "trailkeeper");
}

TEST(Values, WrongOnesAreNamed) {
  for (const char* bucket : {"ab", "Acme", "acme_logs", "-acme", "acme-", "a..b", "192.168.1.1",
                             "xn--acme", "acme/logs", "acme logs", "abc?policy", "evil.com#"}) {
    DestinationRequest request = good();
    request.bucket = bucket;
    EXPECT_EQ(first_pointer(request), "/bucket") << bucket;
  }
  for (const char* path : {"a*", "a?", "${aws:userid}", "a/../b", ".", "a\nb", "a\\b"}) {
    DestinationRequest request = good();
    request.path = path;
    EXPECT_EQ(first_pointer(request), "/path") << path;
  }
  DestinationRequest request = good();
  request.path = std::string(500, 'a');
  EXPECT_EQ(first_pointer(request), "/path");
  request = good();
  request.region = "eu-west-9";
  EXPECT_EQ(first_pointer(request), "/region");
  request = good();
  request.account_id = "12345";
  EXPECT_EQ(first_pointer(request), "/account_id");
  request = good();
  request.role_arn = "someone";
  EXPECT_EQ(first_pointer(request), "/role_arn");
  EXPECT_EQ(first_pointer(good(), Settings{}), "/role_arn");
}

TEST(Values, OnlyTheOperatorsEndpointsAreTaken) {
  DestinationRequest request = good();
  request.endpoint = "http://169.254.169.254";
  EXPECT_EQ(first_pointer(request), "/endpoint");
  request.endpoint = "http://127.0.0.1:9000/";
  request.region = "";
  const auto target = checked_target(request, with_role());
  ASSERT_TRUE(target);
  EXPECT_EQ(target->endpoint, "http://127.0.0.1:9000");
  EXPECT_EQ(target->region, "lab");
  const settings::Destination destination{
      .org = *OrgId::parse("acme"), .session_name = "tk-x", .external_id = "e"};
  const SinkTarget sink = sink_target(*target, destination, with_role());
  EXPECT_EQ(sink.sts_endpoint, "http://127.0.0.1:9001");
  EXPECT_EQ(sink.prefix, "trailkeeper/");
  EXPECT_EQ(sink.external_id, "");  // the common role has none
}

// REQUIREMENTS C6.
TEST(Values, TheUsualRegionsAreSeventeen) {
  const auto regions = Settings::default_regions();
  EXPECT_EQ(regions.size(), 17u);
  for (const std::string& region : regions) {
    DestinationRequest request = good();
    request.region = region;
    EXPECT_EQ(first_pointer(request), "") << region;
  }
}

}  // namespace
}  // namespace trailkeeper::deliver
