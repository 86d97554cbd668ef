#include "merkle/checkpoint.h"

#include <gtest/gtest.h>

namespace trailkeeper::merkle {
namespace {

constexpr const char* kRoot = "rrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=";
const std::string kEmptyRoot = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

std::string text(const std::string& size, const std::string& root = kRoot) {
  return "audit.example.com/t/acme\n" + size + "\n" + root + "\n";
}

TEST(Checkpoint, IsReadAsItIsWritten) {
  for (const auto& written : {text("300"), text("0", kEmptyRoot), text("18446744073709551615")}) {
    const auto checkpoint = parse_checkpoint(written);
    ASSERT_TRUE(checkpoint) << written;
    EXPECT_EQ(render_checkpoint(*checkpoint), written);
  }
}

TEST(Checkpoint, MayHaveExtensionLinesOfOthers) {
  const auto checkpoint = parse_checkpoint(text("300") + "something more\n");
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->size, 300u);
  EXPECT_FALSE(parse_checkpoint(text("300") + "\n"));
  EXPECT_FALSE(parse_checkpoint(text("300") + "without an end"));
}

TEST(Checkpoint, OfAnotherFormIsRefused) {
  for (const std::string& wrong :
       {std::string(), text("0300"), text("-1"), text("+1"), text(""), text(" 3"), text("3 "),
        text("18446744073709551616"), text("0x3"), text("0"), text("3", ""), text("3", "AAAA"),
        text("3", "rrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM"),
        text("3", "rrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUN="), "\n3\n" + std::string(kRoot),
        std::string("name\n3\n") + kRoot}) {
    const auto checkpoint = parse_checkpoint(wrong);
    ASSERT_FALSE(checkpoint) << wrong;
    EXPECT_EQ(checkpoint.error().code, "checkpoint");
  }
}

}  // namespace
}  // namespace trailkeeper::merkle
