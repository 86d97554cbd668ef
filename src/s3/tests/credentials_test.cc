#include "s3/credentials.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace trailkeeper::s3 {
namespace {

class CredentialsTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/credentials.XXXXXX";
    const int fd = ::mkstemp(name);
    ASSERT_GE(fd, 0);
    ::close(fd);
    path_ = name;
    for (const char* each : kNames) ::unsetenv(each);
  }
  void TearDown() override {
    ::unlink(path_.c_str());
    for (const char* each : kNames) ::unsetenv(each);
  }
  void write(const std::string& content) { std::ofstream(path_) << content; }

  static constexpr const char* kNames[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                           "AWS_SESSION_TOKEN"};
  std::string path_;
};

TEST_F(CredentialsTest, ReadsTheProfileOfAFile) {
  write(
      "# keys\n[default]\naws_access_key_id = A\naws_secret_access_key=B=C\n\n[ other ]\r\n "
      "aws_access_key_id=D\r\n"
      "aws_secret_access_key = E\r\naws_session_token = F\r\n");
  const auto first = FileCredentials(path_, "default").get();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->access_key_id, "A");
  EXPECT_EQ(first->secret_access_key, "B=C");
  EXPECT_EQ(first->session_token, "");
  const auto other = FileCredentials(path_, "other").get();
  ASSERT_TRUE(other);
  EXPECT_EQ(other->secret_access_key, "E");
  EXPECT_EQ(other->session_token, "F");
}

TEST_F(CredentialsTest, AMissingFileOrProfileHoldsNone) {
  EXPECT_EQ(FileCredentials("/nonexistent/credentials", "default").get().error().code,
            "no_credentials");
  write("[default]\naws_access_key_id = A\n");
  EXPECT_EQ(FileCredentials(path_, "default").get().error().code, "no_credentials");
  EXPECT_EQ(FileCredentials(path_, "other").get().error().code, "no_credentials");
}

TEST_F(CredentialsTest, TheEnvironmentIsReadAtEachCall) {
  EnvironmentCredentials provider;
  EXPECT_EQ(provider.get().error().code, "no_credentials");
  ::setenv("AWS_ACCESS_KEY_ID", "A", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "B", 1);
  ASSERT_TRUE(provider.get());
  EXPECT_EQ(provider.get()->access_key_id, "A");
}

TEST_F(CredentialsTest, AChainTakesTheFirstThatHoldsSome) {
  write("[default]\naws_access_key_id = FILE\naws_secret_access_key = B\n");
  std::vector<std::unique_ptr<CredentialsProvider>> providers;
  providers.push_back(std::make_unique<EnvironmentCredentials>());
  providers.push_back(std::make_unique<FileCredentials>(path_, "default"));
  CredentialsChain chain(std::move(providers));
  EXPECT_EQ(chain.get()->access_key_id, "FILE");
  ::setenv("AWS_ACCESS_KEY_ID", "ENV", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "B", 1);
  EXPECT_EQ(chain.get()->access_key_id, "ENV");
}

}  // namespace
}  // namespace trailkeeper::s3
