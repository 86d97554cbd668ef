#include "json/writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "json/document.h"

namespace trailkeeper::json {
namespace {

using namespace std::string_view_literals;

std::string as_json(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

std::string as_json_lossy(std::string_view text) {
  std::string out;
  append_string_lossy(out, text);
  return out;
}

TEST(AppendString, EscapesNoMoreThanItMust) {
  EXPECT_EQ(as_json(""), R"("")");
  EXPECT_EQ(as_json("a/b<>&'\x7f"), "\"a/b<>&'\x7f\"");
  EXPECT_EQ(as_json("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(as_json("\0\x01\x1f"sv), R"("\u0000\u0001\u001f")");
  EXPECT_EQ(as_json("h\xc3\xa9 \xe2\x80\xa8"), "\"h\xc3\xa9 \xe2\x80\xa8\"");
}

// At every place of the blocks of 16 bytes that are looked at together.
TEST(AppendString, FindsEverySpecialCharacterEverywhere) {
  for (std::size_t length = 1; length < 50; ++length) {
    for (std::size_t place = 0; place < length; ++place) {
      std::string text(length, 'x');
      text[place] = '\n';
      const std::string expected =
          "\"" + text.substr(0, place) + "\\n" + text.substr(place + 1) + "\"";
      EXPECT_EQ(as_json(text), expected);
    }
  }
}

TEST(AppendStringLossy, ReplacesWhatIsNotUtf8) {
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(as_json_lossy("ok \xc3\xa9"), "\"ok \xc3\xa9\"");
  EXPECT_EQ(as_json_lossy("a\xff"), "\"a" + mark + "\"");
  EXPECT_EQ(as_json_lossy("\xc3"), "\"" + mark + "\"");
  EXPECT_EQ(as_json_lossy("\xed\xa0\x80"), "\"" + mark + mark + mark + "\"");
  EXPECT_EQ(as_json_lossy("\xe2\x82"
                          "a\n"),
            "\"" + mark + mark + "a\\n\"");
}

TEST(Writer, PutsCommasAndColons) {
  Writer writer;
  writer.begin_object().member("a", "x").member("n", 5).member("t", true).key("l").begin_array();
  writer.integer(-1)
      .unsigned_integer(std::numeric_limits<std::uint64_t>::max())
      .null()
      .begin_object()
      .end_object();
  writer.begin_array().end_array().raw(R"({"raw":1})").string("s").end_array();
  writer.member("m", std::int64_t{-7})
      .member("u", std::uint64_t{7})
      .member("f", false)
      .end_object();
  EXPECT_EQ(
      writer.str(),
      R"({"a":"x","n":5,"t":true,"l":[-1,18446744073709551615,null,{},[],{"raw":1},"s"],"m":-7,"u":7,"f":false})");
  Document document;
  EXPECT_TRUE(document.parse(writer.str()));
}

TEST(Writer, WritesRealsThatReadBackTheSame) {
  for (const double value : {0.0, -0.0, 0.1, 1e300, 5e-324, 123456.789}) {
    Writer writer;
    Document document;
    EXPECT_EQ(document.parse(writer.real(value).str()).value().real(), value);
  }
  EXPECT_EQ(Writer().real(std::numeric_limits<double>::infinity()).str(), "null");
}

}  // namespace
}  // namespace trailkeeper::json
