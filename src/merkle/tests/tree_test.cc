#include <gtest/gtest.h>

#include "merkle/compact_range.h"
#include "merkle/log_entry.h"
#include "slow_tree.h"

namespace trailkeeper::merkle {
namespace {

std::string hex(const Hash& hash) { return to_hex(as_text(hash)); }

CompactRange grow(CompactRange range, std::uint64_t size) {
  while (range.size() < size) range.append(leaf_hash(SlowTree::entry(range.size())));
  return range;
}

// Published values of RFC 6962 implementations.
TEST(Hash, IsThatOfRfc6962) {
  EXPECT_EQ(hex(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(leaf_hash("")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(hex(leaf_hash("L123456")),
            "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
}

TEST(CompactRange, HasTheRootOfEverySizeUpTo1025) {
  const SlowTree tree(1025);
  CompactRange range;
  for (std::uint64_t size = 0; size <= 1025; ++size) {
    ASSERT_EQ(range.root(), tree.root(0, size)) << size;
    ASSERT_EQ(range.hashes().size(), static_cast<std::size_t>(std::popcount(size)));
    if (size < 1025) range.append(tree.leaf(size));
  }
}

// Roots that golang.org/x/mod computed for the same leaves.
TEST(CompactRange, HasTheRootsOfAForeignImplementation) {
  CompactRange range = grow({}, 256);
  EXPECT_EQ(hex(range.root()), "f85f4ead34080710b4d1e808301543aaab81aa04deb88599350dc26a4f2f58de");
  range = grow(range, 257);
  EXPECT_EQ(hex(range.root()), "918b1cec64f317c76e3cf55c0536841c039eff06772ebb8828ce7c176028b5ac");
  range = grow(range, 65536);
  EXPECT_EQ(hex(range.root()), "df2c606d114416fa600bf3495152e09e39e8be3d0e2e5501c352826539abda8e");
  range = grow(range, 65537);
  EXPECT_EQ(hex(range.root()), "b63007bf60359bdcbc1d1ef1ed256fe359d2b9d15aba68a3cee30a832f40c79e");
  range = grow(range, 70000);
  EXPECT_EQ(hex(range.root()), "a62a54be33294ffd5a5c4c637fd754630b71a892e8356e3a666a5c8a7ffd1518");
}

TEST(CompactRange, GoesOnFromWhatWasStored) {
  for (std::uint64_t size : {0, 1, 7, 255, 256, 300}) {
    const CompactRange range = grow({}, size);
    const auto again = CompactRange::restore(size, range.hashes());
    ASSERT_TRUE(again);
    EXPECT_EQ(grow(*again, 301), grow({}, 301)) << size;
  }
}

TEST(CompactRange, RefusesAnotherNumberOfHashes) {
  const auto range = CompactRange::restore(7, grow({}, 6).hashes());
  ASSERT_FALSE(range);
  EXPECT_EQ(range.error().code, "compact_range");
}

TEST(LogEntry, Is48BytesAndComesBack) {
  const LogEntry entry{Seq{0x0102030405060708}, from_micros(0x1112131415161718),
                       leaf_hash("a record")};
  const std::string bytes = encode_log_entry(entry);
  EXPECT_EQ(to_hex(bytes.substr(0, 16)), "01020304050607081112131415161718");
  EXPECT_EQ(bytes.substr(16), as_text(entry.record));
  const auto again = decode_log_entry(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, entry);
  EXPECT_FALSE(decode_log_entry(bytes + "x"));
  EXPECT_FALSE(decode_log_entry(std::string_view(bytes).substr(1)));
}

}  // namespace
}  // namespace trailkeeper::merkle
