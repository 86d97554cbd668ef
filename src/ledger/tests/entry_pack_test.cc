#include "entry_pack.h"

#include <gtest/gtest.h>

#include <random>

#include "merkle/hash.h"

namespace trailkeeper::ledger {
namespace {

std::vector<merkle::LogEntry> some_entries(std::size_t count, std::mt19937_64& random) {
  std::vector<merkle::LogEntry> entries;
  std::int64_t time = 1'790'000'000'000'000;
  for (std::size_t i = 0; i < count; ++i) {
    // Mostly little later, sometimes by months, often the very same moment.
    time += static_cast<std::int64_t>(random() % 3 == 0 ? 0 : random() >> (20 + random() % 40));
    entries.push_back({Seq{i + 7}, from_micros(time), merkle::leaf_hash(std::to_string(i))});
  }
  return entries;
}

TEST(EntryPack, ComesBackWhatever) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    const auto entries = some_entries(random() % 257, random);
    std::vector<merkle::LogEntry> again;
    ASSERT_TRUE(unpack_entries(Seq{7}, pack_entries(entries), again));
    ASSERT_EQ(again, entries);
  }
}

TEST(EntryPack, TakesAbout35BytesAnEntry) {
  std::vector<merkle::LogEntry> entries;
  for (std::uint64_t i = 0; i < 256; ++i)
    entries.push_back({Seq{i + 1}, from_micros(1'790'000'000'000'000 + static_cast<int>(i) * 900),
                       merkle::leaf_hash("x")});
  EXPECT_LT(pack_entries(entries).size(), 256u * 35);
}

TEST(EntryPack, CutOrLongerBytesAreRefused) {
  std::mt19937_64 random(7);
  const std::string bytes = pack_entries(some_entries(20, random));
  std::vector<merkle::LogEntry> out;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(unpack_entries(Seq{7}, bytes.substr(0, size), out)) << size;
  EXPECT_FALSE(unpack_entries(Seq{7}, bytes + "x", out));
}

}  // namespace
}  // namespace trailkeeper::ledger
