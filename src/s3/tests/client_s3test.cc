#include "s3/client.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "s3/sts.h"
#include "testing/lab.h"

namespace trailkeeper::s3 {
namespace {

class ClientTest : public testing::Test {
 protected:
  ClientTest()
      : owner_(lab_.customer), vendor_(lab_.vendor), sessions_(http_, policy_, vendor_, wall_) {}

  Client client(CredentialsProvider& credentials) {
    return Client(http_, {.endpoint = lab_.endpoint, .region = lab_.region, .addresses = policy_},
                  credentials, wall_);
  }
  static PutRequest object(const std::string& bucket, const std::string& key,
                           const std::string& content) {
    return {.bucket = bucket,
            .key = key,
            .content = content,
            .bytes = content.size(),
            .sha256 = crypto::sha256(content),
            .md5 = std::string(as_text(crypto::md5(content)))};
  }
  RoleRequest role(const std::string& session, const std::string& bucket,
                   const std::string& prefix) const {
    return {.sts_endpoint = lab_.endpoint,
            .region = lab_.region,
            .role_arn = lab_.role_arn,
            .session_name = session,
            .session_policy = prefix_policy("aws", bucket, prefix)};
  }
  static std::string grant(const std::string& session, const std::string& bucket) {
    const std::string principal =
        R"("Principal":{"AWS":"arn:aws:sts:::assumed-role/trailkeeper-delivery/)" + session +
        R"("})";
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)" + principal +
           R"(,"Action":"s3:ListBucket","Resource":"arn:aws:s3:::)" + bucket +
           R"(","Condition":{"StringLike":{"s3:prefix":"in/*"}}},{"Effect":"Allow",)" + principal +
           R"(,"Action":["s3:PutObject","s3:PutObjectAcl"],"Resource":"arn:aws:s3:::)" + bucket +
           R"(/in/*"}]})";
  }

  Lab& lab_ = Lab::get();
  const httpc::AddressPolicy policy_{.allowed_hosts = {"127.0.0.1"}};
  httpc::Client http_;
  WallClock wall_;
  StaticCredentials owner_;
  StaticCredentials vendor_;
  RoleSessions sessions_;
};

TEST_F(ClientTest, WritesAndListsKeysOfAllKinds) {
  const std::string bucket = lab_.make_bucket();
  Client own = client(owner_);
  const std::vector<std::string> keys = {"dt=2026-11-22/hour=14/a.jsonl.gz",
                                         "a b",
                                         "a+b",
                                         "a%b",
                                         "a%20b",
                                         "caf\xc3\xa9",
                                         "~tilde'(1)!",
                                         "deep/er/path&more;x",
                                         "\xe6\x97\xa5\xe6\x9c\xac"};
  for (const std::string& key : keys) {
    const auto put = own.put_object(object(bucket, key, "content of " + key));
    ASSERT_TRUE(put) << key << ": " << put.error().code << " " << put.error().message;
    EXPECT_EQ(put->etag, to_hex(as_text(crypto::md5("content of " + key)))) << key;
    EXPECT_EQ(lab_.read(bucket, key), "content of " + key);
    const auto listed = own.list_objects({.bucket = bucket, .prefix = key});
    ASSERT_TRUE(listed) << key << ": " << listed.error().code;
    ASSERT_FALSE(listed->objects.empty()) << key;
    EXPECT_EQ(listed->objects[0].key, key);
    EXPECT_EQ(listed->objects[0].bytes, ("content of " + key).size());
    EXPECT_EQ(listed->objects[0].etag, put->etag);
  }
  const auto all = own.list_objects({.bucket = bucket});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->objects.size(), keys.size());
}

TEST_F(ClientTest, ListsInPagesAfterAKey) {
  const std::string bucket = lab_.make_bucket();
  Client own = client(owner_);
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(own.put_object(object(bucket, key, key)));
  const auto first = own.list_objects({.bucket = bucket, .keys_max = 2});
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->truncated);
  ASSERT_EQ(first->objects.size(), 2u);
  const auto rest = own.list_objects({.bucket = bucket, .start_after = first->objects[1].key});
  ASSERT_TRUE(rest);
  EXPECT_FALSE(rest->truncated);
  ASSERT_EQ(rest->objects.size(), 1u);
  EXPECT_EQ(rest->objects[0].key, "c");
}

// Promise 5: a second PUT of a key never replaces the first.
TEST_F(ClientTest, ASecondPutIsRefusedWith412) {
  const std::string bucket = lab_.make_bucket();
  Client own = client(owner_);
  ASSERT_TRUE(own.put_object(object(bucket, "once", "first")));
  const auto again = own.put_object(object(bucket, "once", "second"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().status, 412);
  EXPECT_EQ(lab_.read(bucket, "once"), "first");
}

TEST_F(ClientTest, ABodyThatIsNotTheOneSignedIsRefused) {
  const std::string bucket = lab_.make_bucket();
  PutRequest wrong = object(bucket, "wrong", "content");
  wrong.sha256 = crypto::sha256("other content");
  const auto put = client(owner_).put_object(wrong);
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().kind, FailureClass::ours) << put.error().code;
  EXPECT_TRUE(lab_.list(bucket).empty());
}

TEST_F(ClientTest, AMissingBucketIsTheCustomersToMend) {
  const auto listed = client(owner_).list_objects({.bucket = "no-such-bucket-here"});
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, "NoSuchBucket");
  EXPECT_EQ(listed.error().kind, FailureClass::customer_must_act);
  EXPECT_FALSE(listed.error().request_id.empty());
}

TEST_F(ClientTest, AWrongSecretOpensNothing) {
  const std::string bucket = lab_.make_bucket();
  Credentials wrong = lab_.customer;
  wrong.secret_access_key += "x";
  StaticCredentials credentials(wrong);
  EXPECT_EQ(client(credentials).list_objects({.bucket = bucket}).error().status, 403);
  EXPECT_EQ(client(credentials).put_object(object(bucket, "a", "x")).error().status, 403);
  EXPECT_TRUE(lab_.list(bucket).empty());
}

TEST_F(ClientTest, ASessionMayDoWhatThePolicyGrantsItAndNoMore) {
  const std::string bucket = lab_.make_bucket();
  const auto session = sessions_.get(role("tk-mine", bucket, "in/"));
  ASSERT_TRUE(session) << session.error().code << " " << session.error().message;
  EXPECT_FALSE(session->session_token.empty());
  StaticCredentials credentials(*session);
  Client mine = client(credentials);
  const auto before = mine.put_object(object(bucket, "in/a", "x"));
  ASSERT_FALSE(before);
  EXPECT_EQ(before.error().code, "AccessDenied");

  lab_.put_policy(bucket, grant("tk-mine", bucket));
  const auto put = mine.put_object(object(bucket, "in/a", "x"));
  EXPECT_TRUE(put) << put.error().code;
  EXPECT_TRUE(mine.list_objects({.bucket = bucket, .prefix = "in/"}));
  EXPECT_FALSE(mine.list_objects({.bucket = bucket}));
  EXPECT_FALSE(mine.put_object(object(bucket, "out/a", "x")));
  EXPECT_EQ(lab_.read(bucket, "in/a"), "x");  // the owner reads what was given to it

  // Promise 7: another session of the same role gets nothing.
  const auto other = sessions_.get(role("tk-other", bucket, "in/"));
  ASSERT_TRUE(other);
  StaticCredentials others(*other);
  EXPECT_EQ(client(others).put_object(object(bucket, "in/b", "x")).error().code, "AccessDenied");
  EXPECT_EQ(client(others).list_objects({.bucket = bucket, .prefix = "in/"}).error().code,
            "AccessDenied");
}

TEST_F(ClientTest, ARoleThatDoesNotExistIsRefused) {
  RoleRequest missing = role("tk-mine", "bucket-x", "in/");
  missing.role_arn = "arn:aws:iam:::role/nobody";
  const auto session = sessions_.get(missing);
  ASSERT_FALSE(session);
  EXPECT_GE(session.error().status, 400);
}

TEST_F(ClientTest, SessionsAreKeptUntilTheyAreRenewed) {
  const RoleRequest request = role("tk-kept", "bucket-x", "in/");
  const auto first = sessions_.get(request);
  ASSERT_TRUE(first) << first.error().code;
  EXPECT_EQ(sessions_.get(request)->session_token, first->session_token);
  EXPECT_NE(sessions_.renew(request)->session_token, first->session_token);
}

TEST_F(ClientTest, AnInternalAddressIsRefusedUnlessAllowed) {
  Client strict(http_, {.endpoint = lab_.endpoint, .region = lab_.region}, owner_, wall_);
  const auto listed = strict.list_objects({.bucket = "bucket-x"});
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, "address_not_allowed");
  EXPECT_EQ(listed.error().status, 0);
}

}  // namespace
}  // namespace trailkeeper::s3
