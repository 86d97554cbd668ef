#include "validation.h"

#include <gtest/gtest.h>

#include "testing/fake_bucket.h"

namespace trailkeeper::deliver {
namespace {

class ValidationTest : public testing::Test {
 protected:
  ValidationTest() {
    input_.target.bucket = "acme-logs";
    input_.target.prefix = "in/";
    input_.target.role_arn = "arn:aws:iam::123456789012:role/delivery";
    input_.target.session_name = "tk-mine";
    input_.other_session = "tk-other";
    input_.principal = "arn:aws:sts::123456789012:assumed-role/delivery/tk-mine";
    input_.path = "in";
  }
  Validation run() { return validate_access(buckets_, input_).validation; }
  static std::vector<std::string> names(const Validation& validation) {
    std::vector<std::string> found;
    for (const Check& check : validation.checks)
      found.push_back(check.name + (check.ok ? "" : " failed"));
    return found;
  }

  FakeBuckets buckets_;
  ValidationInput input_;
};

using Names = std::vector<std::string>;

TEST_F(ValidationTest, TriesEachPermissionInOrder) {
  buckets_.make("acme-logs", {.sessions = {"tk-mine"}});
  const Validation validation = run();
  EXPECT_TRUE(validation.ok);
  EXPECT_EQ(names(validation),
            (Names{"values", "reachable", "assume_role", "other_session_list", "list", "owner",
                   "other_session_put", "put", "put_acl", "encryption", "conditional_put"}));
  EXPECT_TRUE(buckets_.objects("acme-logs").contains("in/.trailkeeper-connection-test"));
  EXPECT_TRUE(run().ok);  // the probe object may be there already
}

TEST_F(ValidationTest, ABucketThatIsOpenToOtherCustomersIsRefused) {
  buckets_.make("acme-logs", {.anyone = true});
  const Validation validation = run();
  EXPECT_EQ(names(validation),
            (Names{"values", "reachable", "assume_role", "other_session_list failed"}));
  EXPECT_NE(validation.checks.back().remedy.find(input_.principal), std::string::npos);
  EXPECT_TRUE(buckets_.objects("acme-logs").empty());
}

TEST_F(ValidationTest, SaysWhichPermissionIsMissing) {
  buckets_.make("acme-logs", {.sessions = {"tk-mine"}, .list = false});
  EXPECT_EQ(names(run()),
            (Names{"values", "reachable", "assume_role", "other_session_list", "list failed"}));
  buckets_.make("acme-logs", {.sessions = {"tk-mine"}, .put = false});
  EXPECT_EQ(names(run()), (Names{"values", "reachable", "assume_role", "other_session_list", "list",
                                 "owner", "other_session_put", "put failed"}));
  buckets_.make("acme-logs", {.sessions = {"tk-mine"}, .put_acl = false});
  const Validation validation = run();
  EXPECT_FALSE(validation.ok);
  EXPECT_NE(validation.checks.back().remedy.find("PutObjectAcl"), std::string::npos);
}

TEST_F(ValidationTest, AMissingBucketIsNamed) {
  const Validation validation = run();
  EXPECT_EQ(names(validation), (Names{"values", "reachable", "assume_role", "list failed"}));
  EXPECT_NE(validation.checks.back().detail.find("NoSuchBucket"), std::string::npos);
}

TEST_F(ValidationTest, ACustomersRoleMustAskForTheExternalId) {
  input_.customer_role = true;
  input_.target.external_id = "right";
  buckets_.make("acme-logs", {.sessions = {"tk-mine"}});
  EXPECT_EQ(names(run()), (Names{"values", "reachable", "external_id failed"}));
  buckets_.set_external_id("right");
  EXPECT_EQ(names(run()), (Names{"values", "reachable", "external_id", "assume_role", "list",
                                 "owner", "put", "put_acl", "encryption", "conditional_put"}));
  buckets_.set_external_id("another");
  EXPECT_EQ(names(run()), (Names{"values", "reachable", "external_id", "assume_role failed"}));
}

TEST_F(ValidationTest, ShowsTheSmallestChangeOfThePolicy) {
  buckets_.make("acme-logs", {.sessions = {"tk-mine"}, .put_acl = false});
  const Validation validation = run();
  EXPECT_EQ(validation.checks.back().name, "put_acl");
  EXPECT_EQ(validation.checks.back().change,
            R"({"Sid":"TrailkeeperPut","Effect":"Allow","Principal":{"AWS":")" + input_.principal +
                R"("},"Action":["s3:PutObjectAcl"],"Resource":"arn:aws:s3:::acme-logs/in/*"})");
}

TEST_F(ValidationTest, TheBucketsOwnRegionIsSuggested) {
  buckets_.make("acme-logs", {.sessions = {"tk-mine"}});
  buckets_.set_region("eu-central-1");
  input_.target.region = "eu-west-1";
  const Validation validation = run();
  EXPECT_EQ(names(validation), (Names{"values", "reachable", "assume_role", "region failed"}));
  EXPECT_EQ(validation.checks.back().suggested_region, "eu-central-1");
}

// Promise 7, REQUIREMENTS C16: nothing tells the refusal from the bucket's own.
TEST_F(ValidationTest, WhatAnotherOrgHasLooksLikeABucketThatRefuses) {
  buckets_.make("acme-logs", {.sessions = {"tk-somebody"}});
  const Validation real = run();
  const int calls = buckets_.puts();
  input_.claimed_by_other = true;
  const Validation pretended = run();
  EXPECT_EQ(buckets_.puts(), calls);
  ASSERT_FALSE(pretended.ok);
  EXPECT_EQ(pretended.checks.back().name, real.checks.back().name);
  EXPECT_EQ(pretended.checks.back().change, real.checks.back().change);
  EXPECT_NE(pretended.checks.back().detail.find("AccessDenied"), std::string::npos);
  EXPECT_FALSE(pretended.checks.back().request_id.empty());
}

TEST_F(ValidationTest, SeesWhetherETagsAreMd5s) {
  buckets_.make("acme-logs", {.sessions = {"tk-mine"}});
  EXPECT_TRUE(validate_access(buckets_, input_).etag_is_md5);
  buckets_.set_etag_is_md5(false);
  EXPECT_FALSE(validate_access(buckets_, input_).etag_is_md5);
}

TEST_F(ValidationTest, ChecksAreKeptAsTheyAre) {
  const std::vector<Check> checks = {
      {"list", true, "d", "", "r", 12},
      {"put", false, "\"quoted\"\xff", "x", "", 3, R"({"Sid":"x"})", "eu-west-1"}};
  const auto read = parse_checks(render_checks(checks));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].name, "list");
  EXPECT_TRUE(read[0].ok);
  EXPECT_EQ(read[0].request_id, "r");
  EXPECT_EQ(read[0].duration_ms, 12);
  EXPECT_EQ(read[1].detail, "\"quoted\"\xef\xbf\xbd");
  EXPECT_EQ(read[1].change, R"({"Sid":"x"})");
  EXPECT_EQ(read[1].suggested_region, "eu-west-1");
  EXPECT_TRUE(parse_checks("").empty());
}

}  // namespace
}  // namespace trailkeeper::deliver
