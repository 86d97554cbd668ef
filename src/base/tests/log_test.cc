#include "base/log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "log_line.h"

namespace trailkeeper::log {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

TEST(LogLine, IsOneJsonObject) {
  EXPECT_EQ(render_line(from_micros(1'000), Level::warn, "disk \"full\"",
                        {{"bytes", 12},
                         {"share", 0.5},
                         {"ok", false},
                         {"path", std::string("/x")},
                         {"odd", NAN}}),
            R"({"time":"1970-01-01T00:00:00.001000Z","level":"warn","message":"disk \"full\"",)"
            R"("bytes":12,"share":0.5,"ok":false,"path":"/x","odd":null})");
  EXPECT_EQ(render_line(from_micros(0), Level::error, "", {}),
            R"({"time":"1970-01-01T00:00:00.000000Z","level":"error","message":""})");
}

// Nothing that a sender wrote can forge a line, drive a terminal or make a line read other than it
// is.
TEST(LogLine, EscapesWhatIsTreacherous) {
  const struct {
    std::string_view text, expected;
  } cases[] = {
      {"a\nb", R"("a\nb")"},
      {"a\r\tb", R"("a\u000d\u0009b")"},
      {std::string_view("\0", 1), R"("\u0000")"},
      {"\x1b[31mred", R"("\u001b[31mred")"},
      {"\x7f", R"("\u007f")"},
      {"\xc2\x9b"
       "31m",
       R"("\u009b31m")"},
      {"\xe2\x80\xae"
       "evil",
       R"("\u202eevil")"},
      {"\xe2\x81\xa6"
       "x",
       R"("\u2066x")"},
      {"\xd8\x9c", R"("\u061c")"},
      {"\xe2\x80\xa8", R"("\u2028")"},
      {"\xef\xbb\xbf", R"("\ufeff")"},
      {"\xff", R"("\ufffd")"},
      {"\xc3", R"("\ufffd")"},
      {"\xe2\x82", R"("\ufffd\ufffd")"},
      {"\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"},
      {"\xc0\xaf", R"("\ufffd\ufffd")"},
      {"\xf5\x80\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},
      {"h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \\ \"",
       "\"h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \\\\ \\\"\""},
  };
  for (const auto& c : cases) EXPECT_EQ(escaped(c.text), c.expected);
}

TEST(Log, WritesWholeLinesToStandardError) {
  testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 100; ++i) info("line {} %s", {{"n", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  debug("not shown");
  set_level(Level::debug);
  debug("shown");
  set_level(Level::error);
  warn("not shown");
  set_level(Level::info);
  const std::string out = testing::internal::GetCapturedStderr();
  std::size_t lines = 0;
  for (std::size_t from = 0; from < out.size(); ++lines) {
    const auto end = out.find('\n', from);
    ASSERT_NE(end, std::string::npos);
    const std::string line = out.substr(from, end - from);
    EXPECT_TRUE(line.starts_with("{\"time\":\"") && line.ends_with('}')) << line;
    from = end + 1;
  }
  EXPECT_EQ(lines, 401u);
  EXPECT_EQ(out.find("not shown"), std::string::npos);
  EXPECT_NE(out.find("\"message\":\"line {} %s\",\"n\":99}"), std::string::npos);
}

}  // namespace
}  // namespace trailkeeper::log
