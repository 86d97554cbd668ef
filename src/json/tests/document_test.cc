#include "json/document.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace trailkeeper::json {
namespace {

using namespace std::string_view_literals;

std::string code_of(std::string_view text) {
  Document document;
  const auto parsed = document.parse(text);
  return parsed ? "ok" : parsed.error().code;
}

std::string pointer_of(std::string_view text) {
  Document document;
  const auto parsed = document.parse(text);
  if (parsed) return "ok";
  return parsed.error().fields.empty() ? "none" : parsed.error().fields[0].pointer;
}

std::string again(std::string_view text) {
  Document document;
  const auto parsed = document.parse(text);
  if (!parsed) return parsed.error().code;
  std::string out;
  append(out, *parsed);
  return out;
}

std::string nested(int depth, std::string_view open, std::string_view close) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += open;
  for (int i = 0; i < depth; ++i) text += close;
  return text;
}

// DESIGN 6.8: bad input gets a clear refusal.
TEST(Document, RefusesWithAStableCode) {
  const struct {
    std::string_view text;
    std::string_view code;
  } cases[] = {
      {"", "malformed_json"},
      {" ", "malformed_json"},
      {"nul", "malformed_json"},
      {"nulll", "malformed_json"},
      {"True", "malformed_json"},
      {"NaN", "malformed_json"},
      {"Infinity", "malformed_json"},
      {"[", "malformed_json"},
      {"[1", "malformed_json"},
      {"[1,", "malformed_json"},
      {"[1,]", "malformed_json"},
      {"[,1]", "malformed_json"},
      {"[1 2]", "malformed_json"},
      {"]", "malformed_json"},
      {"[}", "malformed_json"},
      {"{", "malformed_json"},
      {"{]", "malformed_json"},
      {R"({"a")", "malformed_json"},
      {R"({"a":)", "malformed_json"},
      {R"({"a":1)", "malformed_json"},
      {R"({"a":1,})", "malformed_json"},
      {R"({"a" 1})", "malformed_json"},
      {R"({a:1})", "malformed_json"},
      {R"({'a':1})", "malformed_json"},
      {R"({1:1})", "malformed_json"},
      {R"({"a":1 "b":2})", "malformed_json"},
      {"{} {}", "malformed_json"},
      {"1 2", "malformed_json"},
      {"{}x", "malformed_json"},
      {"{}\0"sv, "malformed_json"},
      {"\0"sv, "malformed_json"},
      {"[1\0]"sv, "malformed_json"},
      {"\xef\xbb\xbf{}", "malformed_json"},
      {"\x0b[]", "malformed_json"},
      {"/*x*/[]", "malformed_json"},
      {"[1]//x", "malformed_json"},
      {R"(")", "malformed_json"},
      {R"("a)", "malformed_json"},
      {R"("\)", "malformed_json"},
      {R"("\")", "malformed_json"},
      {R"("\x41")", "malformed_json"},
      {R"("\u12")", "malformed_json"},
      {R"("\u12g4")", "malformed_json"},
      {R"("\U0041")", "malformed_json"},
      {R"("\')", "malformed_json"},
      {"\"a\nb\"", "malformed_json"},
      {"\"a\tb\"", "malformed_json"},
      {"\"a\x1f\"", "malformed_json"},
      {"-", "malformed_json"},
      {"+1", "malformed_json"},
      {"01", "malformed_json"},
      {"-01", "malformed_json"},
      {"00", "malformed_json"},
      {"1.", "malformed_json"},
      {".5", "malformed_json"},
      {"1.e5", "malformed_json"},
      {"1e", "malformed_json"},
      {"1e+", "malformed_json"},
      {"0x10", "malformed_json"},
      {"1_000", "malformed_json"},
      {"--1", "malformed_json"},
      {"1e400", "number_out_of_range"},
      {"-1e309", "number_out_of_range"},
      {"1.8e308", "number_out_of_range"},
      {"0.0001e400", "number_out_of_range"},
      {"1e99999999999999999999", "number_out_of_range"},
      {R"("a\u0000b")", "nul_character"},
      {"\"a\0b\""sv, "nul_character"},
      {"\"\\n\0\""sv, "nul_character"},
      {R"({"\u0000":1})", "nul_character"},
      {R"("\ud800")", "lone_surrogate"},
      {R"("\udc00")", "lone_surrogate"},
      {R"("\ud800x")", "lone_surrogate"},
      {R"("\ud800\n")", "lone_surrogate"},
      {R"("\ud800\ud800")", "lone_surrogate"},
      {R"("\ud800\u0041")", "lone_surrogate"},
      {R"("\udc00\ud800")", "lone_surrogate"},
      {R"("\ud83d\ude0")", "lone_surrogate"},
      {R"({"\udfff":1})", "lone_surrogate"},
      {"\"\xff\"", "invalid_utf8"},
      {"\"\xc3\"", "invalid_utf8"},
      {"\"\xc3\\u0041\"", "invalid_utf8"},
      {"\"\xc0\x80\"", "invalid_utf8"},
      {"\"\xed\xa0\x80\"", "invalid_utf8"},
      {"\"\xf4\x90\x80\x80\"", "invalid_utf8"},
      {"{\"\xff\":1}", "invalid_utf8"},
      {"[\xff]", "invalid_utf8"},
      {"[1]\x80", "invalid_utf8"},
      {R"({"a":1,"a":2})", "duplicate_key"},
      {R"({"a":1,"\u0061":2})", "duplicate_key"},
      {R"({"":1,"":2})", "duplicate_key"},
      {R"({"x":{"a":{},"b":[1,2],"a":1}})", "duplicate_key"},
      {R"({"/":1,"\/":2})", "duplicate_key"},
      {R"({"é":1,"\u00e9":2})", "duplicate_key"},
  };
  for (const auto& c : cases) EXPECT_EQ(code_of(c.text), c.code) << c.text;
}

TEST(Document, AcceptsWhatIsValid) {
  for (const std::string_view text : {"null"sv,
                                      "true"sv,
                                      "false"sv,
                                      " [] "sv,
                                      "{}"sv,
                                      "\r\n\t 1 \r\n\t"sv,
                                      "0"sv,
                                      "-0"sv,
                                      "-0.0"sv,
                                      "1e5"sv,
                                      "1E+5"sv,
                                      "1e-400"sv,
                                      "0e400"sv,
                                      "1.7976931348623157e308"sv,
                                      "0.00e99999999999999999999"sv,
                                      R"("")"sv,
                                      R"("\u0001\u001f\u007f")"sv,
                                      R"("\ud83d\ude00")"sv,
                                      R"("\uFFFF")"sv,
                                      "\"\xf4\x8f\xbf\xbf\""sv,
                                      "\"\x7f\""sv,
                                      R"({"a":{"a":{"a":1}}})"sv,
                                      R"([{"a":1},{"a":2}])"sv,
                                      R"({"a":1,"A":2,"a ":3,"":4})"sv}) {
    EXPECT_EQ(code_of(text), "ok") << text;
  }
}

TEST(Document, NestsToTheLimitAndNoFurther) {
  EXPECT_EQ(code_of(nested(32, "[", "]")), "ok");
  EXPECT_EQ(code_of(nested(33, "[", "]")), "too_deep");
  EXPECT_EQ(code_of(nested(31, "{\"a\":", "}").insert(31 * 5, "{}")), "ok");
  EXPECT_EQ(code_of(nested(32, "{\"a\":", "}").insert(32 * 5, "{}")), "too_deep");
  EXPECT_EQ(code_of(nested(1'000'000, "[", "]")), "too_deep");
  Document document;
  EXPECT_FALSE(document.parse("[[1]]", {.depth_max = 1}));
  EXPECT_TRUE(document.parse("[1]", {.depth_max = 1}));
  EXPECT_TRUE(document.parse("1", {.depth_max = 0}));
  EXPECT_FALSE(document.parse("[]", {.depth_max = 0}));
  EXPECT_TRUE(document.parse(nested(1024, "[", "]"), {.depth_max = 1 << 30}));
  EXPECT_FALSE(document.parse(nested(1025, "[", "]"), {.depth_max = 1 << 30}));
}

TEST(Document, PointsToTheFault) {
  EXPECT_EQ(pointer_of("x"), "");
  EXPECT_EQ(pointer_of("[1,2,x]"), "/2");
  EXPECT_EQ(pointer_of("[1,2 3]"), "");
  EXPECT_EQ(pointer_of("[[],[1,x]]"), "/1/1");
  EXPECT_EQ(pointer_of(R"({"a":{"b":[0,"\ud800"]}})"), "/a/b/1");
  EXPECT_EQ(pointer_of(R"({"a/b":{"~":1e999}})"), "/a~1b/~0");
  EXPECT_EQ(pointer_of(R"({"a":{"b":1,"b":2}})"), "/a/b");
  EXPECT_EQ(pointer_of(R"({"a":{"b":1 2}})"), "/a");
  EXPECT_EQ(pointer_of(R"({"a":[{"k":1},{"\ud800":2}]})"), "/a/1");
  EXPECT_EQ(pointer_of("{\"a\":\"\xff\"}"), "/a");
  EXPECT_EQ(pointer_of(R"({"\u0061b":x})"), "/ab");
  EXPECT_EQ(pointer_of(R"([[1,2],[3,[4]],{"k":"\u0000"}])"), "/2/k");
}

TEST(Document, ReadsValues) {
  Document document;
  const Node root =
      document
          .parse(R"( {"s":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z","n":-12.50e+1,"t":true,"f":false,)"
                 R"("z":null,"a":[1,[],{"x":2}],"o":{}} )")
          .value();
  EXPECT_EQ(root.type(), Type::object);
  EXPECT_EQ(root.size(), 7u);
  EXPECT_EQ(root.find("s")->text(), "a\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80z");
  EXPECT_EQ(root.find("n")->text(), "-12.50e+1");
  EXPECT_EQ(root.find("n")->integer(), -125);
  EXPECT_TRUE(root.find("t")->boolean());
  EXPECT_FALSE(root.find("f")->boolean());
  EXPECT_TRUE(root.find("z")->is(Type::null));
  EXPECT_FALSE(root.find("missing"));
  EXPECT_FALSE(root.find("x"));
  EXPECT_FALSE(root.find("s")->find("s"));
  EXPECT_EQ(root.find("o")->size(), 0u);
  EXPECT_EQ(root.find("o")->begin(), root.find("o")->end());
  std::vector<std::string> keys;
  for (const Node member : root) keys.emplace_back(member.key());
  EXPECT_EQ(keys, (std::vector<std::string>{"s", "n", "t", "f", "z", "a", "o"}));
  std::vector<Type> types;
  const Node array = root.find("a").value();
  for (const Node item : array) types.push_back(item.type());
  EXPECT_EQ(types, (std::vector<Type>{Type::number, Type::array, Type::object}));
}

TEST(Document, ReadsNumbersExactly) {
  const struct {
    std::string_view text;
    std::optional<std::int64_t> integer;
    double real;
  } cases[] = {
      {"0", 0, 0},
      {"-0", 0, -0.0},
      {"-0.0", 0, -0.0},
      {"9223372036854775807", INT64_MAX, 9223372036854775807.0},
      {"-9223372036854775808", INT64_MIN, -9223372036854775808.0},
      {"9223372036854775808", std::nullopt, 9223372036854775808.0},
      {"-9223372036854775809", std::nullopt, -9223372036854775809.0},
      {"9223372036854775807.0", INT64_MAX, 9223372036854775807.0},
      {"9223372036854775807.5", std::nullopt, 9223372036854775807.5},
      {"1e3", 1000, 1000},
      {"1.5e1", 15, 15},
      {"1.55e1", std::nullopt, 15.5},
      {"1000e-3", 1, 1},
      {"0.001e3", 1, 1},
      {"1e18", 1'000'000'000'000'000'000, 1e18},
      {"1e19", std::nullopt, 1e19},
      {"1.00000000000000000000000001", std::nullopt, 1},
      {"1e-400", std::nullopt, 0},
      {"-1e-400", std::nullopt, -0.0},
      {"0e400", 0, 0},
  };
  Document document;
  for (const auto& c : cases) {
    const Node node = document.parse(c.text).value();
    EXPECT_EQ(node.integer(), c.integer) << c.text;
    EXPECT_EQ(node.real(), c.real) << c.text;
    EXPECT_EQ(std::signbit(*node.real()), std::signbit(c.real)) << c.text;
    EXPECT_EQ(node.text(), c.text);
  }
  EXPECT_FALSE(document.parse("\"5\"").value().integer());
  EXPECT_FALSE(document.parse("true").value().real());
}

TEST(Document, FindsEqualKeysInLargeObjects) {
  for (const int members : {31, 32, 33, 34, 100, 20'000}) {
    std::string text = "{";
    for (int i = 0; i < members; ++i) {
      text.append(i == 0 ? "" : ",")
          .append("\"key")
          .append(std::to_string(i))
          .append("\":{\"key1\":[1]}");
    }
    EXPECT_EQ(code_of(text + "}"), "ok") << members;
    const std::string middle = std::to_string(members / 2);
    EXPECT_EQ(pointer_of(text + ",\"k\\u0065y" + middle + "\":1}"), "/key" + middle);
    EXPECT_EQ(code_of(text + ",\"key" + middle + "\":1}"), "duplicate_key");
  }
}

// Equal first and last letters and lengths: the filter of small objects must not be the judge.
TEST(Document, KeepsKeysApartThatLookAlike) {
  std::string text = "{";
  for (int i = 10; i < 40; ++i) text.append("\"a").append(std::to_string(i)).append("z\":1,");
  EXPECT_EQ(code_of(text + "\"last\":1}"), "ok");
  EXPECT_EQ(code_of(text + "\"a25z\":1}"), "duplicate_key");
}

TEST(Document, AppendsCompactlyAndKeepsNumbersAndOrder) {
  EXPECT_EQ(
      again(
          " { \"b\" : 1.50E+2 , \"a\" : [ -0 , 1e-7 , 12345678901234567890123 ] , \"c\" : { } } "),
      R"({"b":1.50E+2,"a":[-0,1e-7,12345678901234567890123],"c":{}})");
  EXPECT_EQ(again(R"("\u0041\/\u00e9\u0007\u001F\u007f\"\\\ud83d\ude00")"),
            "\"A/\xc3\xa9\\u0007\\u001f\x7f\\\"\\\\\xf0\x9f\x98\x80\"");
  EXPECT_EQ(again("[ ]"), "[]");
  EXPECT_EQ(again("null"), "null");
}

TEST(Document, IsUsedAgainAndMoved) {
  Document document;
  const std::string large =
      "[" + std::string(3'000'000, ' ') + "\"" + std::string(2'000'000, 'x') + "\"]";
  EXPECT_EQ(document.parse(large).value().size(), 1u);
  EXPECT_FALSE(document.parse("[1,"));
  EXPECT_EQ(document.parse(R"({"a":"b"})").value().find("a")->text(), "b");
  Document moved = std::move(document);
  EXPECT_EQ(moved.parse("[1,2,3]").value().size(), 3u);
  std::string many = "[0";
  for (int i = 0; i < 200'000; ++i) many += ",0";
  EXPECT_EQ(moved.parse(many + "]").value().size(), 200'001u);
  EXPECT_EQ(moved.parse("[1]").value().size(), 1u);
}

// The text may end right behind the memory that holds it.
TEST(Document, DoesNotReadBeyondTheText) {
  for (const std::string_view whole :
       {R"(["a\u0041",-1.5e3,{"k":true}])"sv, R"({"ключ":"\ud83d\ude00"})"sv}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::vector<char> exact(whole.begin(),
                                    whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_NE(code_of({exact.data(), exact.size()}), "ok") << size;
    }
  }
}

TEST(Pointer, EscapesTokens) {
  EXPECT_EQ(pointer("", "a"), "/a");
  EXPECT_EQ(pointer("/x", "a/b~c"), "/x/a~1b~0c");
  EXPECT_EQ(pointer("/x", ""), "/x/");
  EXPECT_EQ(pointer("/x", std::size_t{12}), "/x/12");
}

}  // namespace
}  // namespace trailkeeper::json
