#include "crypto/otp.h"

#include <gtest/gtest.h>

namespace trailkeeper::crypto {
namespace {

// RFC 4226 appendix D and RFC 6238 appendix B (the last six digits of its eight).
const std::string kSecret = "12345678901234567890";

TEST(OtpTest, GivesTheCodesOfRfc4226) {
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(hotp(kSecret, i), codes[i]);
}

TEST(OtpTest, GivesTheCodesOfRfc6238) {
  const std::pair<std::int64_t, const char*> rows[] = {
      {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
      {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [seconds, code] : rows)
    EXPECT_EQ(hotp(kSecret, static_cast<std::uint64_t>(totp_step(seconds))), code) << seconds;
}

TEST(OtpTest, TakesAStepToEachSideAndNoneTwice) {
  for (std::int64_t step = 95; step <= 105; ++step) {
    const std::string code = hotp(kSecret, static_cast<std::uint64_t>(step));
    const auto found = match_totp(kSecret, code, 100, 0);
    EXPECT_EQ(found.has_value(), step >= 99 && step <= 101) << step;
    if (found) {
      EXPECT_EQ(*found, step);
    }
    EXPECT_FALSE(match_totp(kSecret, code, step, step)) << "used before";
  }
  EXPECT_FALSE(match_totp(kSecret, "", 100, 0));
  EXPECT_FALSE(match_totp(kSecret, "1234567", 100, 0));
}

TEST(OtpTest, WritesBase32AsRfc4648) {
  EXPECT_EQ(to_base32(""), "");
  EXPECT_EQ(to_base32("f"), "MY");
  EXPECT_EQ(to_base32("fo"), "MZXQ");
  EXPECT_EQ(to_base32("foo"), "MZXW6");
  EXPECT_EQ(to_base32("foob"), "MZXW6YQ");
  EXPECT_EQ(to_base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
}

}  // namespace
}  // namespace trailkeeper::crypto
