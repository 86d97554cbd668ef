#include "shelf.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "maker.h"
#include "testing/temp_folder.h"

namespace trailkeeper::exports {
namespace {

class ShelfTest : public ::testing::Test {
 protected:
  ShelfTest() { EXPECT_TRUE(shelf_.tidy({})); }
  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      ++count;
    return count;
  }

  settings::TempFolder folder_;
  Shelf shelf_{folder_.path(), 0};
  const Uuid id_ = Uuid::v7(from_micros(1'000'000));
};

TEST_F(ShelfTest, AFileHasItsNameOnlyWhenItIsWhole) {
  auto part = shelf_.begin(id_);
  ASSERT_TRUE(part);
  ASSERT_TRUE(part->write(std::string(1'000'000, 'x')));
  EXPECT_EQ(shelf_.open(id_).error().kind, ErrorKind::not_found);
  ASSERT_TRUE(part->finish());
  EXPECT_TRUE(shelf_.open(id_));
  EXPECT_EQ(part->bytes(), 1'000'000u);
  EXPECT_EQ(std::filesystem::file_size(folder_.path() + "/" + id_.str() + ".csv"), 1'000'000u);
}

TEST_F(ShelfTest, AnUnfinishedFileIsGone) {
  {
    auto part = shelf_.begin(id_);
    ASSERT_TRUE(part->write("x"));
    EXPECT_EQ(files(), 1u);
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(ShelfTest, ADiskThatHasToStayFreeIsNotFilled) {
  const Shelf full(folder_.path(), std::numeric_limits<std::uint64_t>::max());
  const auto part = full.begin(id_);
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().code, "no_space");
  EXPECT_EQ(files(), 0u);
}

TEST_F(ShelfTest, RemovingTwiceIsWell) {
  ASSERT_TRUE(shelf_.begin(id_)->finish());
  EXPECT_TRUE(shelf_.remove(id_));
  EXPECT_TRUE(shelf_.remove(id_));
  EXPECT_EQ(files(), 0u);
}

}  // namespace
}  // namespace trailkeeper::exports
