#include "compress/gzip.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>
#include <string>

namespace trailkeeper::compress {
namespace {

std::string noise(std::size_t size) {
  std::mt19937 random(3);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

std::string code_of(const Result<std::string>& result) {
  return result ? "ok" : result.error().code;
}

TEST(Gzip, HasADeterministicHeader) {
  const std::string packed = gzip("hello");
  // RFC 1952: magic, deflate, no flags, no time; system 255 (unknown) in byte 9.
  EXPECT_EQ(packed.substr(0, 8), std::string("\x1f\x8b\x08\0\0\0\0\0", 8));
  EXPECT_EQ(packed[9], '\xff');
  EXPECT_EQ(gunzip(packed, 5).value(), "hello");
}

TEST(Gzip, PiecesGiveTheSameBytes) {
  const std::string text = noise(300'000) + std::string(3'000'000, 'x') + noise(1000);
  const std::string whole = gzip(text);
  for (const std::size_t piece : {std::size_t{997}, std::size_t{65536}, text.size()}) {
    std::string out;
    GzipWriter writer([&](std::string_view bytes) -> Result<> {
      out += bytes;
      return {};
    });
    for (std::size_t at = 0; at < text.size(); at += piece) {
      ASSERT_TRUE(writer.write(std::string_view(text).substr(at, piece)));
    }
    ASSERT_TRUE(writer.finish());
    EXPECT_EQ(out, whole);
    EXPECT_EQ(writer.bytes_in(), text.size());
    EXPECT_EQ(writer.bytes_out(), out.size());
  }
  EXPECT_EQ(gunzip(whole, text.size()).value(), text);
}

TEST(Gzip, ASinkThatFailsEndsTheWork) {
  GzipWriter writer([](std::string_view) -> Result<> {
    return Error{ErrorKind::unavailable, "disk_full", ""};
  });
  EXPECT_EQ(writer.write(noise(500'000)).error().code, "disk_full");
  const std::string packed = gzip(noise(500'000));
  int calls = 0;
  const auto stopped = gunzip(packed, 1 << 20, [&](std::string_view) -> Result<> {
    ++calls;
    return Error{ErrorKind::unavailable, "stop", ""};
  });
  EXPECT_EQ(stopped.error().code, "stop");
  EXPECT_EQ(calls, 1);
}

TEST(Gunzip, TakesSeveralMembers) {
  EXPECT_EQ(gunzip(gzip("one ") + gzip("") + gzip("two"), 100).value(), "one two");
  EXPECT_EQ(gunzip(gzip(""), 0).value(), "");
}

// DESIGN 6.8: a bomb is refused before it takes the memory.
TEST(Gunzip, StopsAtTheLimit) {
  const std::string bomb = gzip(std::string(100'000'000, '\0'));
  EXPECT_LT(bomb.size(), 200'000u);
  const auto refused = gunzip(bomb, 1 << 20);
  EXPECT_EQ(refused.error().kind, ErrorKind::too_large);
  EXPECT_EQ(refused.error().code, "too_large");
  EXPECT_EQ(code_of(gunzip(gzip("12345"), 4)), "too_large");
  EXPECT_EQ(code_of(gunzip(gzip("12345"), 5)), "ok");
  EXPECT_EQ(code_of(gunzip(gzip("123") + gzip("45"), 4)), "too_large");
}

TEST(Gunzip, FindsWhatIsCutOrDamaged) {
  const std::string text = "some text that is packed: " + noise(100);
  const std::string packed = gzip(text);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_EQ(code_of(gunzip(packed.substr(0, size), 1000)), "bad_gzip") << size;
  }
  EXPECT_EQ(code_of(gunzip(packed + "x", 1000)), "bad_gzip");
  EXPECT_EQ(code_of(gunzip(packed + std::string(8, '\0'), 1000)), "bad_gzip");
  EXPECT_EQ(code_of(gunzip(packed + packed.substr(0, 12), 1000)), "bad_gzip");
  EXPECT_EQ(code_of(gunzip("plain text", 1000)), "bad_gzip");
  // The data and its check sum. Some bits carry nothing; no change may give another text.
  for (std::size_t at = 10; at < packed.size(); ++at) {
    std::string changed = packed;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    const auto unpacked = gunzip(changed, 1000);
    EXPECT_FALSE(unpacked && *unpacked != text) << at;
  }
}

RC_GTEST_PROP(GzipProperty, WhatIsPackedUnpacks, (const std::string& text, bool fast)) {
  RC_ASSERT(gunzip(gzip(text, fast ? 1 : 9), text.size()).value() == text);
}

RC_GTEST_PROP(GzipProperty, RubbishIsAnErrorAndNoMore, (const std::string& bytes)) {
  RC_ASSERT(!gunzip(bytes, 1000).has_value());
  RC_ASSERT(!gunzip(gzip("x").substr(0, 10) + bytes, 1000).has_value());
}

}  // namespace
}  // namespace trailkeeper::compress
