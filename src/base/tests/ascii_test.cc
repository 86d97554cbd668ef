#include "base/ascii.h"

#include <gtest/gtest.h>

namespace trailkeeper {
namespace {

TEST(AsciiTest, LowersLettersOfAsciiAndNothingElse) {
  EXPECT_EQ(lower_ascii("Content-TYPE @[`{09"), "content-type @[`{09");
  EXPECT_EQ(lower_ascii("\xc3\x84rger"), "\xc3\x84rger");  // an A with dots stays
  EXPECT_EQ(lower_ascii(std::string_view("A\0B", 3)), std::string_view("a\0b", 3));
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    EXPECT_EQ(lower_ascii(c), i >= 'A' && i <= 'Z' ? static_cast<char>(i + 32) : c) << i;
  }
}

}  // namespace
}  // namespace trailkeeper
