#include "folders.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace trailkeeper::engine {
namespace {

namespace fs = std::filesystem;

class Folders : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "trailkeeper-folders-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    data_ = name;
    table_ = data_ / "store" / "abc" / "abc0-1";
    fs::create_directories(table_ / "202611_1_1_0");
  }
  void TearDown() override { fs::remove_all(data_); }

  static void write(const fs::path& path, const std::string& content) {
    std::ofstream(path) << content;
  }

  fs::path data_;
  fs::path table_;
};

// Promise 1: a deletion that met a full disk left such a file, and the engine never opened again.
TEST_F(Folders, OnlyMutationsWithoutContentAreTakenAway) {
  write(table_ / "mutation_1.txt", "format version: 1\ncreate time: 2026-11-23 00:00:00\n");
  write(table_ / "mutation_2.txt", "");
  write(table_ / "mutation_3.txt", "format ver");
  write(table_ / "format_version.txt", "");
  write(table_ / "202611_1_1_0" / "mutation_9.txt", "");
  remove_broken_mutations(data_.string());
  EXPECT_TRUE(fs::exists(table_ / "mutation_1.txt"));
  EXPECT_FALSE(fs::exists(table_ / "mutation_2.txt"));
  EXPECT_FALSE(fs::exists(table_ / "mutation_3.txt"));
  EXPECT_TRUE(fs::exists(table_ / "format_version.txt"));
  EXPECT_TRUE(fs::exists(table_ / "202611_1_1_0" / "mutation_9.txt"));
}

TEST_F(Folders, WhatIsNotThereNeedsNothing) {
  remove_broken_mutations((data_ / "none").string());
  EXPECT_TRUE(sync_parts(data_.string()));
  EXPECT_TRUE(sync_parts(""));
  EXPECT_TRUE(sync_all_folders(""));
}

}  // namespace
}  // namespace trailkeeper::engine
