#include "compress/zstd.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zstd.h>

#include <string>

namespace trailkeeper::compress {
namespace {

std::string pack(std::string_view text, int window_log = 0) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  if (window_log != 0) {
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  }
  out.resize(ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return out;
}

std::string code_of(const Result<std::string>& result) {
  return result ? "ok" : result.error().code;
}

TEST(Unzstd, TakesOneOrSeveralFrames) {
  EXPECT_EQ(unzstd(pack("hello"), 5).value(), "hello");
  EXPECT_EQ(unzstd(pack("one ") + pack("") + pack("two"), 100).value(), "one two");
  EXPECT_EQ(unzstd(pack(""), 0).value(), "");
  const std::string large(5'000'000, 'x');
  EXPECT_EQ(unzstd(pack(large), large.size()).value(), large);
}

TEST(Unzstd, GivesPieceByPiece) {
  const std::string large(5'000'000, 'x');
  std::string text;
  const auto sink = [&text](std::string_view piece) -> Result<> {
    text += piece;
    return {};
  };
  EXPECT_TRUE(unzstd(pack(large), large.size(), sink));
  EXPECT_EQ(text, large);
  const auto refuse = [](std::string_view) -> Result<> {
    return Error{ErrorKind::failed, "full", "enough"};
  };
  EXPECT_EQ(unzstd(pack(large), large.size(), refuse).error().code, "full");
  EXPECT_EQ(unzstd(pack(large), large.size() - 1, sink).error().code, "too_large");
}

// DESIGN 6.8: neither a bomb nor a huge window is allowed to take the memory.
TEST(Unzstd, StopsAtTheLimit) {
  const std::string bomb = pack(std::string(100'000'000, '\0'));
  EXPECT_LT(bomb.size(), 100'000u);
  EXPECT_EQ(unzstd(bomb, 1 << 20).error().kind, ErrorKind::too_large);
  EXPECT_EQ(code_of(unzstd(pack("12345"), 4)), "too_large");
  EXPECT_EQ(code_of(unzstd(pack("123") + pack("45"), 4)), "too_large");
  EXPECT_EQ(code_of(unzstd(pack(std::string(40'000'000, 'x'), 25), 100'000'000)), "bad_zstd");
}

TEST(Unzstd, FindsWhatIsCutOrDamaged) {
  const std::string text = "some text that is packed, packed, packed and packed";
  const std::string packed = pack(text);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_EQ(code_of(unzstd(packed.substr(0, size), 1000)), "bad_zstd") << size;
  }
  EXPECT_EQ(code_of(unzstd(packed + "x", 1000)), "bad_zstd");
  EXPECT_EQ(code_of(unzstd("plain text", 1000)), "bad_zstd");
  for (std::size_t at = 0; at < packed.size(); ++at) {
    std::string changed = packed;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    const auto unpacked = unzstd(changed, 1000);
    EXPECT_FALSE(unpacked && *unpacked != text) << at;
  }
}

RC_GTEST_PROP(ZstdProperty, WhatIsPackedUnpacks, (const std::string& text)) {
  RC_ASSERT(unzstd(pack(text), text.size()).value() == text);
}

RC_GTEST_PROP(ZstdProperty, RubbishIsAnErrorAndNoMore, (const std::string& bytes)) {
  RC_ASSERT(!unzstd(bytes, 1000).has_value());
}

}  // namespace
TEST(BlockPacker, GivesBackWhatWasPacked) {
  BlockPacker packer;
  std::string packed;
  std::string out = "something else";
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}}) {
    const std::string block(size, 'a');
    packer.pack(block, packed);
    EXPECT_TRUE(is_packed(packed));
    ASSERT_TRUE(packer.unpack(packed, size, out));
    EXPECT_EQ(out, block);
  }
}

TEST(BlockPacker, RefusesWhatIsDamagedOrTooLarge) {
  BlockPacker packer;
  std::string packed;
  std::string out;
  packer.pack(std::string(1000, 'a'), packed);
  EXPECT_FALSE(packer.unpack(packed, 999, out));
  EXPECT_FALSE(packer.unpack(std::string_view(packed).substr(0, packed.size() - 1), 1000, out));
  EXPECT_FALSE(packer.unpack("no frame at all", 1000, out));
  EXPECT_FALSE(is_packed("no frame at all"));
}

}  // namespace trailkeeper::compress
