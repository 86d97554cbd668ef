#include "data_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "testing/temp_folder.h"

namespace trailkeeper::server {
namespace {

class DataFolderTest : public ::testing::Test {
 protected:
  settings::TempFolder temp_;
  const std::string path_ = temp_.path() + "/data";
};

TEST_F(DataFolderTest, OneProcessOwnsIt) {
  auto first = DataFolder::open(path_);
  ASSERT_TRUE(first) << first.error().message;
  const auto second = DataFolder::open(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "data_locked");
  EXPECT_NE(second.error().message.find(path_), std::string::npos);
}

TEST_F(DataFolderTest, TheLockEndsWithItsOwner) {
  { ASSERT_TRUE(DataFolder::open(path_)); }
  EXPECT_TRUE(DataFolder::open(path_));
}

TEST_F(DataFolderTest, TheKeyIsMadeOnceBesideTheFolder) {
  auto folder = DataFolder::open(path_);
  const auto made = folder->open_key("");
  ASSERT_TRUE(made) << made.error().message;
  struct stat info {};
  ASSERT_EQ(stat((path_ + ".key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0400u);
  EXPECT_EQ(folder->open_key("")->key_id(), made->key_id());
}

TEST_F(DataFolderTest, AFolderInUseIsNotGivenAnotherKey) {
  {
    auto folder = DataFolder::open(path_);
    ASSERT_TRUE(folder->open_key(""));
    std::ofstream(path_ + "/settings.db") << "x";
  }
  std::filesystem::remove(path_ + ".key");
  const auto refused = DataFolder::open(path_)->open_key("");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "key_file");
}

}  // namespace
}  // namespace trailkeeper::server
