#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/ids.h"

namespace trailkeeper {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() : folder_(testing::TempDir() + "file_test-" + random_base32(12)) {
    std::filesystem::create_directory(folder_);
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }

  std::string at(const std::string& name) const { return folder_ + "/" + name; }
  static unsigned mode_of(const std::string& path) {
    struct stat file {};
    EXPECT_EQ(::stat(path.c_str(), &file), 0) << path;
    return file.st_mode & 07777;
  }

  const std::string folder_;
};

TEST_F(FileTest, WritesReplacesAndReads) {
  const std::string content(300'000, 'x');
  ASSERT_TRUE(write_file_durably(at("a"), content));
  EXPECT_EQ(read_file(at("a")).value(), content);
  EXPECT_EQ(mode_of(at("a")), 0600u);
  ASSERT_TRUE(write_file_durably(at("a"), "", 0444));
  EXPECT_EQ(read_file(at("a")).value(), "");
  EXPECT_EQ(mode_of(at("a")), 0444u);
  // Nothing is left beside it.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(FileTest, LeavesNothingAfterAFailure) {
  std::filesystem::create_directory(at("taken"));
  ASSERT_TRUE(write_file_durably(at("taken/inside"), "x"));
  EXPECT_FALSE(write_file_durably(at("taken"), "y"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  EXPECT_EQ(write_file_durably(at("missing/a"), "y").error().kind, ErrorKind::not_found);
}

TEST_F(FileTest, ReadsNoMoreThanTheLimit) {
  ASSERT_TRUE(write_file_durably(at("a"), "12345"));
  EXPECT_EQ(read_file(at("a"), 5).value(), "12345");
  EXPECT_EQ(read_file(at("a"), 4).error().kind, ErrorKind::too_large);
  EXPECT_EQ(read_file("/dev/zero", 1000).error().kind, ErrorKind::too_large);
  const Error missing = read_file(at("b")).error();
  EXPECT_EQ(missing.kind, ErrorKind::not_found);
  EXPECT_EQ(missing.message, "open " + at("b") + ": No such file or directory");
}

TEST_F(FileTest, MakesFoldersForTheOwner) {
  ASSERT_TRUE(make_folders(at("x/y/z/")));
  EXPECT_EQ(mode_of(at("x")), 0700u);
  EXPECT_EQ(mode_of(at("x/y/z")), 0700u);
  ASSERT_TRUE(make_folders(at("x/y/z")));
  ASSERT_TRUE(make_folders("/"));
  EXPECT_FALSE(make_folders(""));
  ASSERT_TRUE(write_file_durably(at("file"), ""));
  EXPECT_FALSE(make_folders(at("file")));
  EXPECT_FALSE(make_folders(at("file/below")));
}

TEST_F(FileTest, DescriptorsCloseThemselves) {
  const auto is_open = [](int fd) { return ::fcntl(fd, F_GETFD) != -1; };
  FileDescriptor a(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int first = a.get();
  FileDescriptor b(std::move(a));
  EXPECT_FALSE(a);
  EXPECT_TRUE(is_open(first));
  b = FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(is_open(first));
  const int second = b.release();
  b = FileDescriptor();
  EXPECT_TRUE(is_open(second));
  { const FileDescriptor c(second); }
  EXPECT_FALSE(is_open(second));
}

TEST(SystemError, SaysWhatToDo) {
  EXPECT_EQ(system_error("x", ENOSPC).code, "disk_full");
  EXPECT_EQ(system_error("x", ENOSPC).kind, ErrorKind::unavailable);
  EXPECT_EQ(system_error("x", EIO).kind, ErrorKind::fatal);
  EXPECT_EQ(system_error("open /x", EACCES).message, "open /x: Permission denied");
}

}  // namespace
}  // namespace trailkeeper
