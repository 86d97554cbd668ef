#include "base/ids.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "base/bytes.h"

namespace trailkeeper {
namespace {

TEST(OrgId, HasANarrowForm) {
  for (const char* text : {"a", "org_1", "A-b_9", "-", "_"})
    EXPECT_EQ(OrgId::parse(text).value().str(), text);
  EXPECT_TRUE(OrgId::parse(std::string(64, 'x')));
  EXPECT_FALSE(OrgId::parse(std::string(65, 'x')));
  EXPECT_FALSE(OrgId::parse(std::string_view("a\0", 2)));
  for (const char* text : {"", "a b", "a/b", "..", "a.b", "\xc3\xa9", "a\n", "a'"})
    EXPECT_FALSE(OrgId::parse(text)) << text;
}

TEST(Uuid, Version7SortsByTime) {
  const Timestamp time = from_micros(0x017F22E279B0 * std::int64_t{1000} + 999);
  const Uuid id = Uuid::v7(time);
  EXPECT_EQ(id.str().substr(0, 15), "017f22e2-79b0-7");
  EXPECT_NE(std::string("89ab").find(id.str()[19]), std::string::npos);
  EXPECT_LT(id, Uuid::v7(time + std::chrono::milliseconds{1}));
  EXPECT_NE(id, Uuid::v7(time));
}

TEST(Uuid, ReadsTheCanonicalForm) {
  const std::string text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  EXPECT_EQ(Uuid::parse(text).value().str(), text);
  EXPECT_EQ(Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F").value().str(), text);
  for (const char* bad :
       {"", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e-279b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398"}) {
    EXPECT_FALSE(Uuid::parse(bad)) << bad;
  }
}

TEST(Random, IsNeverTheSameTwice) {
  std::mutex mutex;
  std::set<std::string> seen;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        std::array<char, 16> bytes{};
        fill_random(bytes.data(), bytes.size());
        const std::lock_guard lock(mutex);
        seen.emplace(bytes.data(), bytes.size());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(seen.size(), 8000u);
}

// A child must not repeat what its parent will give out.
TEST(Random, DiffersAfterAFork) {
  std::array<char, 16> mine{};
  fill_random(mine.data(), mine.size());
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    fill_random(mine.data(), mine.size());
    ::_exit(::write(ends[1], mine.data(), mine.size()) == 16 ? 0 : 1);
  }
  std::array<char, 16> theirs{};
  ASSERT_EQ(::read(ends[0], theirs.data(), theirs.size()), 16);
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  fill_random(mine.data(), mine.size());
  EXPECT_NE(mine, theirs);
}

TEST(Random, TextUsesEveryLetterAboutEquallyOften) {
  const struct {
    std::string text;
    std::size_t letters;
  } cases[] = {{random_base32(64'000), 32}, {random_base62(62'000), 62}};
  for (const auto& c : cases) {
    std::map<char, int> counts;
    for (const char letter : c.text) ++counts[letter];
    EXPECT_EQ(counts.size(), c.letters);
    const double expected = static_cast<double>(c.text.size()) / static_cast<double>(c.letters);
    // Eight deviations: never by chance.
    for (const auto& [letter, count] : counts)
      EXPECT_NEAR(count, expected, 8 * std::sqrt(expected)) << letter;
  }
  EXPECT_EQ(random_base32(26).find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"),
            std::string::npos);
  EXPECT_EQ(random_base32(0), "");
}

}  // namespace
}  // namespace trailkeeper
