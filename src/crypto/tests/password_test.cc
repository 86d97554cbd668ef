#include "crypto/password.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace trailkeeper::crypto {
namespace {

TEST(Password, IsRecognisedByItsHash) {
  PasswordHasher hasher;
  const std::string encoded = hasher.hash("correct horse").value();
  EXPECT_TRUE(encoded.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << encoded;
  EXPECT_TRUE(hasher.verify("correct horse", encoded).value());
  EXPECT_FALSE(hasher.verify("correct horsf", encoded).value());
  EXPECT_FALSE(hasher.verify("", encoded).value());
  EXPECT_NE(hasher.hash("correct horse").value(), encoded);
}

TEST(Password, NulBytesCount) {
  PasswordHasher hasher;
  const std::string with_nul("ab\0cd", 5);
  const std::string encoded = hasher.hash(with_nul).value();
  EXPECT_TRUE(hasher.verify(with_nul, encoded).value());
  EXPECT_FALSE(hasher.verify("ab", encoded).value());
}

TEST(Password, StrangeInputIsRefused) {
  PasswordHasher hasher;
  EXPECT_EQ(hasher.hash("").error().code, "password_length");
  EXPECT_EQ(hasher.hash(std::string(1025, 'x')).error().code, "password_length");
  EXPECT_TRUE(hasher.hash(std::string(1024, 'x')));
  EXPECT_FALSE(hasher.verify("x", "").value());
  EXPECT_FALSE(hasher.verify("x", "plain").value());
  EXPECT_FALSE(hasher.verify("x", std::string(500, '$')).value());
  EXPECT_FALSE(hasher.verify("x", "$argon2id$v=19$m=19456,t=2,p=1$AAAA").value());
}

TEST(Password, WaitsForATurnAndGivesUpInTime) {
  PasswordHasher hasher(1);
  std::atomic<int> right{0};
  const std::string encoded = hasher.hash("x").value();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] { right += hasher.verify("x", encoded).value() ? 1 : 0; });
    }
  }
  EXPECT_EQ(right, 4);
  // Of many at once with no patience some must be sent away, and each answer is one or the other.
  PasswordHasher impatient(1, std::chrono::milliseconds{0});
  std::atomic<int> done{0};
  std::atomic<int> busy{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        const auto answer = impatient.verify("x", encoded);
        if (answer) {
          done += *answer ? 1 : 0;
        } else {
          EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
          EXPECT_EQ(answer.error().code, "busy");
          ++busy;
        }
      });
    }
  }
  EXPECT_EQ(done + busy, 8);
  EXPECT_GE(done, 1);
}

}  // namespace
}  // namespace trailkeeper::crypto
