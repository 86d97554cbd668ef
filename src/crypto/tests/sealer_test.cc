#include "crypto/sealer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "base/bytes.h"
#include "base/file.h"
#include "base/ids.h"

namespace trailkeeper::crypto {
namespace {

constexpr SealedPlace kPlace{"destinations", "secret", "17"};

Sealer sealer() { return Sealer::from_key(std::string(32, 'k')).value(); }

TEST(Sealer, OpensWhatItSealed) {
  const Sealer s = sealer();
  const std::string sealed = s.seal(kPlace, "the secret");
  EXPECT_TRUE(sealed.starts_with("tks1."));
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_EQ(s.open(kPlace, sealed).value(), "the secret");
  EXPECT_EQ(s.open(kPlace, s.seal(kPlace, "")).value(), "");
}

TEST(Sealer, NeverSealsTheSameWayTwice) {
  const Sealer s = sealer();
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(s.seal(kPlace, "x"));
  EXPECT_EQ(seen.size(), 100u);
}

// Rows of one table, or columns of one row, must not be exchangeable.
TEST(Sealer, OpensNowhereElse) {
  const Sealer s = sealer();
  const std::string sealed = s.seal(kPlace, "x");
  for (const SealedPlace& other :
       {SealedPlace{"destinations", "secret", "18"}, SealedPlace{"destinations", "other", "17"},
        SealedPlace{"keys", "secret", "17"}, SealedPlace{"destinationss", "ecret", "17"},
        SealedPlace{"destinations", "secret1", "7"}, SealedPlace{"", "", ""}}) {
    EXPECT_EQ(s.open(other, sealed).error().code, "sealed_broken");
  }
}

TEST(Sealer, EveryChangedBitIsFound) {
  const Sealer s = sealer();
  const std::string bytes = from_base64(s.seal(kPlace, "secret").substr(5)).value();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(s.open(kPlace, "tks1." + to_base64(changed)).error().code,
              bit < 32 ? "sealed_other_key" : "sealed_broken");
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(s.open(kPlace, "tks1." + to_base64(bytes.substr(0, size)))) << size;
  }
  for (const char* text : {"", "tks1.", "tks2.AAAA", "plain", "tks1.*"})
    EXPECT_FALSE(s.open(kPlace, text)) << text;
}

TEST(Sealer, NamesItsKey) {
  const Sealer s = sealer();
  const Sealer other = Sealer::from_key(std::string(32, 'o')).value();
  EXPECT_EQ(s.key_id().size(), 8u);
  EXPECT_EQ(s.key_id(), sealer().key_id());
  EXPECT_NE(s.key_id(), other.key_id());
  EXPECT_EQ(other.open(kPlace, s.seal(kPlace, "x")).error().code, "sealed_other_key");
  EXPECT_EQ(Sealer::from_key("short").error().code, "key_size");
}

class KeyFileTest : public testing::Test {
 protected:
  KeyFileTest() : folder_(testing::TempDir() + "sealer_test-" + random_base32(12)) {
    std::filesystem::create_directory(folder_);
  }
  ~KeyFileTest() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return folder_ + "/key"; }
  const std::string folder_;
};

TEST_F(KeyFileTest, IsMadeOnceAndReadAgain) {
  EXPECT_EQ(Sealer::read(path()).error().kind, ErrorKind::not_found);
  const Sealer made = Sealer::create(path()).value();
  struct stat file {};
  ASSERT_EQ(::stat(path().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 07777, 0400u);
  EXPECT_EQ(file.st_nlink, 1u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  const Sealer again = Sealer::read(path()).value();
  EXPECT_EQ(again.open(kPlace, made.seal(kPlace, "x")).value(), "x");
  // Never replaced.
  EXPECT_EQ(Sealer::create(path()).error().code, "key_file_exists");
  EXPECT_EQ(Sealer::read(path()).value().key_id(), made.key_id());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  EXPECT_EQ(Sealer::create(folder_ + "/none/key").error().kind, ErrorKind::not_found);
}

TEST_F(KeyFileTest, IsRefusedWhenOthersCanReadItOrItIsNoKey) {
  const std::string good = to_base64(std::string(32, 'k'));
  const struct {
    std::string content;
    unsigned mode;
    bool ok;
  } cases[] = {
      {good, 0400, true},          {good + "\n", 0600, true}, {good, 0440, true},
      {good, 0444, false},         {good, 0660, false},       {good, 0604, false},
      {good + "x", 0400, false},   {"", 0400, false},         {to_base64("short"), 0400, false},
      {"not base64!", 0400, false}};
  for (const auto& c : cases) {
    ASSERT_TRUE(write_file_durably(path(), c.content, c.mode));
    const auto read = Sealer::read(path());
    EXPECT_EQ(read.has_value(), c.ok) << c.content << " " << c.mode;
    EXPECT_EQ(read ? "key_file" : read.error().code, "key_file");
  }
  EXPECT_EQ(Sealer::read(path()).error().message.find("not base64!"), std::string::npos);
}

RC_GTEST_PROP(SealerProperty, AnySecretComesBack,
              (const std::string& secret, const std::string& row)) {
  const Sealer s = sealer();
  const SealedPlace place{"t", "c", row};
  RC_ASSERT(s.open(place, s.seal(place, secret)).value() == secret);
}

}  // namespace
}  // namespace trailkeeper::crypto
