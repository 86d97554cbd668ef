#include "checksum_list.h"

#include <gtest/gtest.h>

// Lists as sha256sum writes them, and what is none.
namespace trailkeeper::packs {
namespace {

const std::string kDigest(64, 'a');

std::string code_of(const std::string& text) {
  const auto parsed = parse_checksum_list(text, 2);
  return parsed ? "ok" : parsed.error().code;
}

TEST(ChecksumListTest, EveryFormOfSha256sumIsRead) {
  const auto files =
      parse_checksum_list(std::string(64, 'B') + " *./b.csv\r\n" + kDigest + "  a=1.csv\n", 2);
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[0].name, "a=1.csv");
  EXPECT_EQ((*files)[1].name, "b.csv");
  EXPECT_EQ((*files)[1].sha256, std::string(64, 'b'));
}

TEST(ChecksumListTest, WhatIsNoListIsRefused) {
  EXPECT_EQ(code_of(kDigest + "  a\n"), "ok");
  EXPECT_EQ(code_of(""), "list_cut");
  EXPECT_EQ(code_of(kDigest + "  a"), "list_cut");
  EXPECT_EQ(code_of("\n"), "bad_list");
  EXPECT_EQ(code_of(kDigest.substr(1) + "  a\n"), "bad_list");
  EXPECT_EQ(code_of(std::string(64, 'g') + "  a\n"), "bad_list");
  EXPECT_EQ(code_of(kDigest + " a\n"), "bad_list");
  EXPECT_EQ(code_of(kDigest + "  \n"), "bad_list");
  EXPECT_EQ(code_of("\\" + kDigest + "  a\n"), "bad_list");
  EXPECT_EQ(code_of(kDigest + "  a\n" + kDigest + "  a\n"), "bad_list");
  for (const char* name : {"../a", "b/a", "/a", ".a", "a b", "manifest.json", "SHA256SUMS", "a\\b"})
    EXPECT_EQ(code_of(kDigest + "  " + name + "\n"), "bad_name") << name;
  EXPECT_EQ(code_of(kDigest + "  a\n" + kDigest + "  b\n" + kDigest + "  c\n"), "too_many_files");
}

}  // namespace
}  // namespace trailkeeper::packs
