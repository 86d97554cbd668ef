#include "merkle/note.h"

#include <gtest/gtest.h>

#include "merkle/checkpoint.h"
#include "merkle/compact_range.h"
#include "slow_tree.h"

namespace trailkeeper::merkle {
namespace {

constexpr const char* kName = "audit.example.com/t/acme";
constexpr const char* kVkey =
    "audit.example.com/t/acme+e2b07d05+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
constexpr const char* kWitness = "witness.example.com/w1";
constexpr const char* kWitnessVkey =
    "witness.example.com/w1+04758baf+BIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";

crypto::SigningKey key(char byte) { return *crypto::SigningKey::from_seed(std::string(32, byte)); }

std::string checkpoint(std::uint64_t size) {
  const SlowTree tree(size);
  return render_checkpoint({kName, size, tree.root(0, size)});
}

Note signed_checkpoint(std::uint64_t size) {
  const std::string text = checkpoint(size);
  return Note{text, {*sign_note(text, kName, key(0))}};
}

// Ed25519 is deterministic, so these are the bytes that golang.org/x/mod wrote.
TEST(Note, IsThatOfAForeignImplementation) {
  EXPECT_EQ(VerifierKey::make(kName, KeyType::ed25519, key(0).public_key())->vkey(), kVkey);
  EXPECT_EQ(
      render_note(signed_checkpoint(0)),
      "audit.example.com/t/acme\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
      "\xe2\x80\x94 audit.example.com/t/acme "
      "4rB9Be7byksDE43CLnbeKT5RxRsm6VctiMrYY4p1+dwD4AeJUj6Wwpfr3mKjQ0m0d6lrr4o3oFfniCYSiLRAhKa"
      "ekAg=\n");
  EXPECT_EQ(
      render_note(signed_checkpoint(300)),
      "audit.example.com/t/acme\n300\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=\n\n"
      "\xe2\x80\x94 audit.example.com/t/acme "
      "4rB9BVZu2U1IB/EIZSGIJmW3qRi9jmk/ElAzdw9pqJrGVhniKBYGbEn95Zyh8WGiDAAuB4e/cG9WN26t9sNIpZ0"
      "agQI=\n");
}

TEST(Note, CosignatureIsThatOfAForeignImplementation) {
  EXPECT_EQ(VerifierKey::make(kWitness, KeyType::cosignature_ed25519, key(1).public_key())->vkey(),
            kWitnessVkey);
  const auto signature = cosign_note(checkpoint(300), 1679315147, kWitness, key(1));
  ASSERT_TRUE(signature);
  EXPECT_EQ(
      render_signature(*signature),
      "\xe2\x80\x94 witness.example.com/w1 "
      "BHWLrwAAAABkGFDLi1N1kGvFJtJeQzedCQxHwP6tL+DQFlViukgungxgSuB+J8wucpo+i2kol9qwCjRwBjU5bw1"
      "97XVr6BLmSzGIBw==\n");
}

// The example of golang.org/x/mod's documentation.
TEST(VerifierKey, OfTheStandardIsRead) {
  const auto read =
      VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name(), "PeterNeumann");
  EXPECT_EQ(read->id(), 0xc74f20a3u);
  const auto note = parse_note(
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n\n"
      "\xe2\x80\x94 PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
      "\n");
  ASSERT_TRUE(note);
  const auto verified = verify_note(*note, {*read});
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->size(), 1u);
}

TEST(VerifierKey, WithAnythingLeftOutOrChangedIsRefused) {
  const std::string vkey = kVkey;
  ASSERT_TRUE(VerifierKey::parse(vkey));
  for (std::size_t begin = 0; begin <= vkey.size(); ++begin) {
    for (std::size_t size = 0; begin + size <= vkey.size(); ++size) {
      if (size == vkey.size()) continue;
      ASSERT_FALSE(VerifierKey::parse(vkey.substr(begin, size))) << vkey.substr(begin, size);
    }
  }
  for (std::size_t at = 0; at < vkey.size(); ++at) {
    std::string changed = vkey;
    ++changed[at];
    ASSERT_FALSE(VerifierKey::parse(changed)) << changed;
  }
}

TEST(KeyName, HasNoSpacesAndNoPlus) {
  for (const char* name : {"", "a b", "a+b", "a\nb", "a\tb",
                           "a\xc2\xa0"
                           "b",
                           "a\xe2\x80\xa8", "\xff"}) {
    EXPECT_FALSE(VerifierKey::make(name, KeyType::ed25519, {})) << name;
  }
  EXPECT_TRUE(VerifierKey::make("m\xc3\xbcller.example/log", KeyType::ed25519, {}));
}

TEST(Note, IsReadAsItIsWritten) {
  Note note = signed_checkpoint(7);
  note.signatures.push_back(*cosign_note(note.text, 12, kWitness, key(1)));
  const std::string bytes = render_note(note);
  const auto again = parse_note(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->text, note.text);
  EXPECT_EQ(again->signatures, note.signatures);
  const auto verified =
      verify_note(*again, {*VerifierKey::parse(kVkey), *VerifierKey::parse(kWitnessVkey)});
  ASSERT_TRUE(verified);
  ASSERT_EQ(verified->size(), 2u);
  EXPECT_FALSE((*verified)[0].cosigned_at);
  EXPECT_EQ((*verified)[1].cosigned_at, 12u);
}

TEST(Note, ItsTextMayHaveEmptyLines) {
  const std::string text = "one\n\ntwo\n";
  const auto note = parse_note(render_note({text, {*sign_note(text, kName, key(0))}}));
  ASSERT_TRUE(note);
  EXPECT_EQ(note->text, text);
}

TEST(Note, WithABitChangedIsNeverBelieved) {
  const std::string bytes = render_note(signed_checkpoint(7));
  const std::vector<VerifierKey> known{*VerifierKey::parse(kVkey)};
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const auto note = parse_note(changed);
      if (!note) continue;
      const auto verified = verify_note(*note, known);
      ASSERT_TRUE(!verified || verified->empty()) << "byte " << at << " bit " << bit;
    }
  }
}

TEST(Note, AKnownKeysBadSignatureSpoilsTheWholeNote) {
  Note note = signed_checkpoint(7);
  note.signatures.push_back(*cosign_note(note.text, 12, kWitness, key(1)));
  note.signatures[1].bytes[20] ^= 1;
  const auto own = *VerifierKey::parse(kVkey);
  EXPECT_EQ(verify_note(note, {own, *VerifierKey::parse(kWitnessVkey)}).error().code,
            "bad_signature");
  // To whom the witness is unknown its line says nothing.
  const auto verified = verify_note(note, {own});
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->size(), 1u);
}

TEST(Note, OfAnotherFormIsRefused) {
  const std::string good = render_note(signed_checkpoint(7));
  ASSERT_TRUE(parse_note(good));
  for (const std::string& bytes :
       {std::string(), std::string("text\n"), std::string("text\n\n"), good + "\n",
        good.substr(0, good.size() - 1), good + "rest\n", "\x01" + good, "\xff" + good,
        std::string("text\n\n\xe2\x80\x94 name AAAA\n"), std::string("text\n\n- name AAAAAAA=\n"),
        std::string(kNoteSizeMax, 'x') + good}) {
    const auto note = parse_note(bytes);
    ASSERT_FALSE(note) << bytes.substr(0, 100);
    EXPECT_EQ(note.error().code, "note");
  }
}

}  // namespace
}  // namespace trailkeeper::merkle
