#include "policy.h"

#include <gtest/gtest.h>

#include "json/document.h"

namespace trailkeeper::deliver {
namespace {

TEST(RoleArn, IsReadWithItsPathLeftOut) {
  const auto role = parse_role_arn("arn:aws:iam::123456789012:role/vendor/eu/delivery");
  ASSERT_TRUE(role);
  EXPECT_EQ(role->partition, "aws");
  EXPECT_EQ(role->account, "123456789012");
  EXPECT_EQ(role->name, "delivery");
  EXPECT_EQ(session_principal(*role, "tk-x"),
            "arn:aws:sts::123456789012:assumed-role/delivery/tk-x");
}

TEST(RoleArn, MayLackAnAccountElsewhere) {
  const auto role = parse_role_arn("arn:aws:iam:::role/delivery");
  ASSERT_TRUE(role);
  EXPECT_EQ(session_principal(*role, "tk-x"), "arn:aws:sts:::assumed-role/delivery/tk-x");
  EXPECT_EQ(parse_role_arn("arn:aws-cn:iam::123456789012:role/d")->partition, "aws-cn");
}

TEST(RoleArn, OtherThingsAreRefused) {
  for (const char* wrong :
       {"", "delivery", "arn:aws:iam::123456789012:user/x", "arn:aws:iam::12345:role/x",
        "arn:aws:iam::12345678901x:role/x", "arn:aws:iam::123456789012:role/",
        "arn:awsx:iam:::role/x", "arn:aws:iam::123456789012:role/a/",
        "arn:aws:iam::123456789012:role/a b", "arn:aws:iam::123456789012:role/a\"b",
        "arn:aws:iam::123456789012:role/*", "arn:aws:sts::123456789012:assumed-role/a/b"}) {
    EXPECT_FALSE(parse_role_arn(wrong)) << wrong;
  }
}

TEST(BucketPolicy, AllowsThreeActionsBelowThePathAndNothingElse) {
  json::Document document;
  const auto root = document.parse(
      bucket_policy("aws", "arn:aws:sts::1:assumed-role/r/tk-x", "acme-logs", "in/a \"b\""));
  ASSERT_TRUE(root);
  const json::Node statements = root->find("Statement").value();
  ASSERT_EQ(statements.size(), 2u);
  std::vector<std::string> actions;
  for (const json::Node statement : statements) {
    EXPECT_EQ(statement.find("Effect")->text(), "Allow");
    EXPECT_EQ(statement.find("Principal")->find("AWS")->text(),
              "arn:aws:sts::1:assumed-role/r/tk-x");
    const json::Node action = statement.find("Action").value();
    if (action.is(json::Type::string)) actions.emplace_back(action.text());
    if (action.is(json::Type::array))
      for (const json::Node each : action) actions.emplace_back(each.text());
  }
  EXPECT_EQ(actions,
            (std::vector<std::string>{"s3:ListBucket", "s3:PutObject", "s3:PutObjectAcl"}));
  auto statement = statements.begin();
  EXPECT_EQ((*statement).find("Resource")->text(), "arn:aws:s3:::acme-logs");
  EXPECT_EQ((*statement).find("Condition")->find("StringLike")->find("s3:prefix")->text(),
            "in/a \"b\"/*");
  ++statement;
  EXPECT_EQ((*statement).find("Resource")->text(), "arn:aws:s3:::acme-logs/in/a \"b\"/*");
}

}  // namespace
}  // namespace trailkeeper::deliver
