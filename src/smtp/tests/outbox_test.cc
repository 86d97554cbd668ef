#include "smtp/outbox.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "base/file.h"

namespace trailkeeper::smtp {
namespace {

TEST(SmtpOutbox, WritesAFileByTime) {
  char pattern[] = "/tmp/outbox_test.XXXXXX";
  std::string folder = ::mkdtemp(pattern);
  auto date = *parse_rfc3339("2026-11-22T14:02:58.25Z");
  Mail mail{.to = "a@b.example", .subject = "s", .text = "t"};
  auto path = write_outbox(folder + "/outbox", mail, "c@d.example", date, "i@h");
  ASSERT_TRUE(path) << path.error().message;
  auto name = std::filesystem::path(*path).filename().string();
  EXPECT_TRUE(name.starts_with("20261122T140258.250000Z-")) << name;
  EXPECT_TRUE(name.ends_with(".eml"));
  EXPECT_EQ(*read_file(*path), *render_mime(mail, "c@d.example", date, "i@h"));
  auto second = write_outbox(folder + "/outbox", mail, "c@d.example", date, "i@h");
  ASSERT_TRUE(second);
  EXPECT_NE(*second, *path);
  std::filesystem::remove_all(folder);
}

TEST(SmtpOutbox, ABadMailLeavesNoFile) {
  char pattern[] = "/tmp/outbox_test.XXXXXX";
  std::string folder = ::mkdtemp(pattern);
  EXPECT_FALSE(write_outbox(folder, {.to = "x", .subject = "s", .text = "t"}, "c@d.example",
                            Timestamp{}, "i@h"));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace trailkeeper::smtp
