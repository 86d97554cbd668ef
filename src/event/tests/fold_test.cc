#include "event/fold.h"

#include <gtest/gtest.h>

namespace trailkeeper::event {
namespace {

TEST(Fold, CaseAndAccentsFindEachOther) {
  EXPECT_EQ(fold("Hello"), "hello");
  EXPECT_EQ(fold("ZOË"), fold("zoë"));
  EXPECT_EQ(fold("Zoe\u0308"), fold("ZOË"));  // decomposed accent
  EXPECT_EQ(fold("STRASSE"), fold("straße"));
  EXPECT_EQ(fold("ΟΔΥΣΣΕΥΣ"), fold("οδυσσευς"));  // final sigma
  EXPECT_EQ(fold("ИВАН"), fold("иван"));
  EXPECT_NE(fold("a"), fold("b"));
}

TEST(Fold, LeavesInvalidUtf8AsItIs) { EXPECT_EQ(fold("\xff\xfe"), "\xff\xfe"); }

TEST(Fold, IsStable) {
  for (const char* text : {"Straße", "İstanbul", "ﬁ", "Å", "\u1e9e"})
    EXPECT_EQ(fold(fold(text)), fold(text)) << text;
}

}  // namespace
}  // namespace trailkeeper::event
