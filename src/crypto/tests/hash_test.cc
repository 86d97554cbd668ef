#include "crypto/hash.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace trailkeeper::crypto {
namespace {

std::string hex(std::string_view bytes) { return to_hex(bytes); }

std::string unhex(std::string_view text) { return from_hex(text).value(); }

// FIPS 180-2 appendix B; RFC 1321 appendix A.5.
TEST(Digests, KnownAnswers) {
  EXPECT_EQ(hex(as_text(sha256(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(as_text(sha256("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(as_text(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(as_text(sha256(std::string(1'000'000, 'a')))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(hex(as_text(md5(""))), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex(as_text(md5("message digest"))), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(Digests, StartAnewAfterFinishAndMove) {
  Sha256 hash;
  EXPECT_EQ(hash.update("a").update("bc").finish(), sha256("abc"));
  EXPECT_EQ(hash.finish(), sha256(""));
  hash.update("a");
  Sha256 moved = std::move(hash);
  EXPECT_EQ(moved.update("bc").finish(), sha256("abc"));
  Md5 other;
  EXPECT_EQ(other.update("a").update("bc").finish(), md5("abc"));
  EXPECT_EQ(other.update("abc").finish(), md5("abc"));
}

TEST(Digests, AreMadeByManyThreads) {
  const Sha256Digest expected = sha256("abc");
  std::vector<std::jthread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) wrong += sha256("abc") == expected ? 0 : 1;
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

// RFC 4231: keys shorter than, as long as and longer than a block.
TEST(Hmac, KnownAnswers) {
  EXPECT_EQ(hex(as_text(hmac_sha256(std::string(20, '\x0b'), "Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(as_text(hmac_sha256("Jefe", "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(as_text(hmac_sha256(std::string(131, '\xaa'),
                                    "Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 5869 appendix A.
TEST(Hkdf, KnownAnswers) {
  EXPECT_EQ(hex(hkdf_sha256(std::string(22, '\x0b'), unhex("000102030405060708090a0b0c"),
                            unhex("f0f1f2f3f4f5f6f7f8f9"), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(hex(hkdf_sha256(std::string(22, '\x0b'), "", "", 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
  EXPECT_EQ(hkdf_sha256("k", "s", "i", 0), "");
  EXPECT_EQ(hkdf_sha256("k", "s", "i", 8160).size(), 8160u);
  EXPECT_NE(hkdf_sha256("k", "s", "i", 32), hkdf_sha256("k", "s", "j", 32));
}

TEST(Crc32, KnownAnswers) {
  EXPECT_EQ(crc32(""), 0u);
  EXPECT_EQ(crc32("123456789"), 0xcbf43926u);
}

TEST(ConstantTimeEqual, Compares) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "ab"));
}

TEST(Wipe, LeavesNothingBehind) {
  std::string secret = "a secret longer than a small string's own room";
  const char* memory = secret.data();
  const std::size_t size = secret.size();
  secret = "short";
  ASSERT_EQ(secret.data(), memory);
  wipe(secret);
  EXPECT_TRUE(secret.empty());
  EXPECT_GE(secret.capacity(), size);
  // Still its own memory, up to its capacity.
  EXPECT_EQ(std::string(memory, size).find_first_not_of('\0'), std::string::npos);
}

RC_GTEST_PROP(DigestProperty, PiecesGiveTheSameAsTheWhole,
              (const std::vector<std::string>& pieces)) {
  Sha256 hash;
  Md5 other;
  std::string whole;
  for (const std::string& piece : pieces) {
    hash.update(piece);
    other.update(piece);
    whole += piece;
  }
  RC_ASSERT(hash.finish() == sha256(whole));
  RC_ASSERT(other.finish() == md5(whole));
}

}  // namespace
}  // namespace trailkeeper::crypto
