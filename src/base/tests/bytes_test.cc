#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace trailkeeper {
namespace {

// RFC 4648 section 10.
TEST(Base64, KnownAnswers) {
  const struct {
    std::string_view bytes, standard, url;
  } cases[] = {{"", "", ""},
               {"f", "Zg==", "Zg"},
               {"fo", "Zm8=", "Zm8"},
               {"foo", "Zm9v", "Zm9v"},
               {"foob", "Zm9vYg==", "Zm9vYg"},
               {"fooba", "Zm9vYmE=", "Zm9vYmE"},
               {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
               {"\xfb\xff\xfe", "+//+", "-__-"}};
  for (const auto& c : cases) {
    EXPECT_EQ(to_base64(c.bytes), c.standard);
    EXPECT_EQ(to_base64url(c.bytes), c.url);
    EXPECT_EQ(from_base64(c.standard), c.bytes);
    EXPECT_EQ(from_base64url(c.url), c.bytes);
  }
}

TEST(Base64, IsStrict) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zm8", "====", "Zg==Zg==", "Zm9v\n",
                           " Zm9v", "-__-", "Zm=v"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
  for (const char* text : {"Z", "Zh", "Zm9", "Zg==", "+//+", "Zm9v ", "Zm 9v"}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
}

TEST(Hex, BothWays) {
  EXPECT_EQ(to_hex(std::string_view("\x00\x1f\xff", 3)), "001fff");
  EXPECT_EQ(from_hex("001fFF"), std::string("\x00\x1f\xff", 3));
  EXPECT_EQ(from_hex(""), "");
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_FALSE(from_hex("0x"));
}

RC_GTEST_PROP(BytesProperty, WhatIsWrittenReadsBack, (const std::string& bytes)) {
  RC_ASSERT(from_base64(to_base64(bytes)) == bytes);
  RC_ASSERT(from_base64url(to_base64url(bytes)) == bytes);
  RC_ASSERT(from_hex(to_hex(bytes)) == bytes);
}

// One text for each meaning: what can be read is exactly what would be written.
RC_GTEST_PROP(BytesProperty, NoOtherSpellings, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::element('A', 'B', 'g', 'Q', 'w', '=', '_', '/', '8'));
  if (const auto bytes = from_base64(text)) RC_ASSERT(to_base64(*bytes) == text);
  if (const auto bytes = from_base64url(text)) RC_ASSERT(to_base64url(*bytes) == text);
}

}  // namespace
}  // namespace trailkeeper
