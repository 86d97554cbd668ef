#include "event/parquet.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "testing/random_event.h"

namespace trailkeeper::event {
namespace {

// What other readers make of it is in tests/e2e/scenario_search.py; here is what they rely on.
std::uint32_t footer_bytes(const std::string& file) {
  std::uint32_t size = 0;
  std::memcpy(&size, file.data() + file.size() - 8, sizeof size);
  return size;
}

TEST(Parquet, AFileOfNothingHasItsFrame) {
  ParquetWriter writer;
  writer.finish();
  const std::string file = writer.take();
  EXPECT_EQ(writer.rows(), 0u);
  EXPECT_TRUE(file.starts_with("PAR1"));
  EXPECT_TRUE(file.ends_with("PAR1"));
  EXPECT_EQ(footer_bytes(file) + 12, file.size());
  EXPECT_NE(file.find("occurred_at"), std::string::npos);
}

// Constant memory: a full row group is handed out while the file goes on.
TEST(Parquet, RowGroupsAreHandedOutAsTheyFill) {
  std::mt19937_64 random(1);
  const StoredEvent stored = testing::random_event(random, "org_1", 1);
  ParquetWriter writer;
  std::size_t pieces = 0, largest = 0;
  std::string file = writer.take();
  for (int i = 0; i < 120'000; ++i) {
    writer.add(view_of(stored));
    const std::string piece = writer.take();
    pieces += piece.empty() ? 0 : 1;
    largest = std::max(largest, piece.size());
    file += piece;
  }
  writer.finish();
  file += writer.take();
  EXPECT_GE(pieces, 2u);
  EXPECT_LT(largest, 16u << 20);
  EXPECT_EQ(writer.rows(), 120'000u);
  EXPECT_LT(footer_bytes(file) + 12, file.size());
}

}  // namespace
}  // namespace trailkeeper::event
