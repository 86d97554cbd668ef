#include "crypto/signature.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"

namespace trailkeeper::crypto {
namespace {

std::string unhex(std::string_view text) { return from_hex(text).value(); }

// RFC 8032 section 7.1.
TEST(Signature, KnownAnswers) {
  const struct {
    std::string_view seed, key, message, signature;
  } cases[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9b46bd25bf5f0595bbe"
       "24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "11d8c387b2eaeb4302a"
       "eeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "dc6594a7c15e9716ed2"
       "8dc027beceea1ec40a"},
  };
  for (const auto& c : cases) {
    const SigningKey key = SigningKey::from_seed(unhex(c.seed)).value();
    EXPECT_EQ(to_hex(as_text(key.public_key())), c.key);
    EXPECT_EQ(to_hex(as_text(key.sign(unhex(c.message)))), c.signature);
    EXPECT_TRUE(verify(unhex(c.key), unhex(c.message), unhex(c.signature)));
  }
}

TEST(Signature, EveryChangeIsFound) {
  const SigningKey key = SigningKey::from_seed(std::string(32, 's')).value();
  const std::string message = "trailkeeper";
  const std::string public_key(as_text(key.public_key()));
  const std::string signature(as_text(key.sign(message)));
  ASSERT_TRUE(verify(public_key, message, signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    std::string changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(verify(public_key, message, changed)) << bit;
  }
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    std::string changed = message;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(verify(public_key, changed, signature)) << bit;
  }
  const SigningKey other = SigningKey::from_seed(std::string(32, 't')).value();
  EXPECT_FALSE(verify(as_text(other.public_key()), message, signature));
  EXPECT_FALSE(verify(public_key, message, signature.substr(1)));
  EXPECT_FALSE(verify(public_key.substr(1), message, signature));
  EXPECT_FALSE(verify("", "", ""));
}

TEST(Signature, KeysMoveAndSeedsHaveASize) {
  EXPECT_EQ(SigningKey::from_seed("short").error().code, "seed_size");
  SigningKey key = SigningKey::from_seed(std::string(32, 's')).value();
  const Signature expected = key.sign("x");
  SigningKey moved = std::move(key);
  EXPECT_EQ(moved.sign("x"), expected);
  SigningKey assigned = SigningKey::from_seed(std::string(32, 't')).value();
  assigned = std::move(moved);
  EXPECT_EQ(assigned.sign("x"), expected);
}

}  // namespace
}  // namespace trailkeeper::crypto
