#include <gtest/gtest.h>

#include "object_reader.h"
#include "query_reader.h"

namespace trailkeeper::api {
namespace {

class ObjectReaderTest : public ::testing::Test {
 protected:
  ObjectReader reader(std::string_view text) { return ObjectReader(*document_.parse(text)); }
  static std::vector<std::string> pointers(const Result<>& result) {
    std::vector<std::string> out;
    if (!result) {
      for (const FieldProblem& field : result.error().fields) out.push_back(field.pointer);
    }
    return out;
  }
  json::Document document_;
};

using Pointers = std::vector<std::string>;

TEST_F(ObjectReaderTest, ReadsWhatIsThere) {
  auto read =
      reader(R"({"a":"x","b":true,"c":7,"d":"2026-11-22T10:00:00Z","e":["y","z"],"f":null})");
  EXPECT_EQ(read.text("a"), "x");
  EXPECT_EQ(read.optional_boolean("b"), true);
  EXPECT_EQ(read.optional_integer("c", 1, 9), 7);
  EXPECT_EQ(read.time("d"), *parse_rfc3339("2026-11-22T10:00:00Z"));
  EXPECT_EQ(read.texts("e"), (std::vector<std::string>{"y", "z"}));
  EXPECT_FALSE(read.optional_text("f"));
  EXPECT_TRUE(read.finish());
}

TEST_F(ObjectReaderTest, AllProblemsAreFoundAtOnce) {
  auto read = reader(R"({"a":7,"b":"yes","c":99,"d":"never","e":"purple","x/y":1})");
  read.text("a");
  read.optional_boolean("b");
  read.optional_integer("c", 1, 9);
  read.optional_time("d");
  read.choice("e", {"red", "green"});
  read.text("f");
  const auto result = read.finish();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::invalid);
  EXPECT_EQ(result.error().code, "invalid_field");
  EXPECT_EQ(pointers(result), (Pointers{"/a", "/b", "/c", "/d", "/e", "/f", "/x~1y"}));
}

TEST_F(ObjectReaderTest, TextsHaveBounds) {
  auto read = reader(R"({"a":"","b":"","c":"12345"})");
  read.optional_text("a");
  EXPECT_EQ(read.optional_text("b", {.may_be_empty = true}), "");
  read.optional_text("c", {.bytes_max = 4});
  EXPECT_EQ(pointers(read.finish()), (Pointers{"/a", "/c"}));
}

TEST_F(ObjectReaderTest, PartsReportTheirOwnPlaces) {
  auto read = reader(R"({"part":{"ok":true,"odd":1}})");
  const auto node = read.optional_object("part");
  ASSERT_TRUE(node);
  ObjectReader part(*node, read.pointer_of("part"));
  EXPECT_EQ(part.optional_boolean("ok"), true);
  read.join(part);
  EXPECT_EQ(pointers(read.finish()), Pointers{"/part/odd"});
}

TEST_F(ObjectReaderTest, AnythingButAnObjectIsRefused) {
  for (const char* text : {"[]", "7", "\"x\"", "null"}) {
    auto read = reader(text);
    read.text("a");
    const auto result = read.finish();
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().fields.size(), 1u);
  }
}

class QueryReaderTest : public ::testing::Test {
 protected:
  QueryReader reader(std::vector<std::pair<std::string, std::string>> query) {
    request_.query = std::move(query);
    return QueryReader(request_);
  }
  httpd::Request request_;
};

TEST_F(QueryReaderTest, ReadsWhatIsThere) {
  auto read = reader({{"q", "Ünï"}, {"limit", "20"}, {"c", "a,b"}, {"c", "d"}, {"empty", ""}});
  EXPECT_EQ(read.text("q"), "Ünï");
  EXPECT_EQ(read.number("limit", 1, 200, 50), 20u);
  EXPECT_EQ(read.list("c"), (std::vector<std::string>{"a", "b", "d"}));
  EXPECT_EQ(read.number("empty", 1, 200, 50), 50u);
  EXPECT_EQ(read.choice("order", {"desc", "asc"}), "desc");
  EXPECT_TRUE(read.finish());
}

TEST_F(QueryReaderTest, WhatIsWrongIsNamed) {
  auto read = reader({{"limit", "0"},
                      {"from", "yesterday"},
                      {"order", "up"},
                      {"q", "a"},
                      {"q", "b"},
                      {"colour", "red"}});
  read.number("limit", 1, 200, 50);
  read.time("from");
  read.choice("order", {"desc", "asc"});
  read.text("q");
  const auto result = read.finish();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "invalid_request");
  std::vector<std::string> names;
  for (const FieldProblem& field : result.error().fields) names.push_back(field.pointer);
  EXPECT_EQ(names, (std::vector<std::string>{"limit", "from", "order", "q", "colour"}));
}

TEST_F(QueryReaderTest, NumbersAreWholeAndWithinTheirBounds) {
  for (const char* text : {"x", "-1", "201", "1.5", "20 ", "99999999999999999999"}) {
    auto read = reader({{"limit", text}});
    EXPECT_EQ(read.number("limit", 1, 200, 50), 50u);
    EXPECT_FALSE(read.finish()) << text;
  }
}

}  // namespace
}  // namespace trailkeeper::api
