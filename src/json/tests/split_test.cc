#include "json/split.h"

#include <gtest/gtest.h>

#include "json/document.h"
#include "json/writer.h"

namespace trailkeeper::json {
namespace {

using Texts = std::vector<std::string_view>;

TEST(SplitArray, FindsWhereEachItemEnds) {
  EXPECT_EQ(split_array("[]"), Texts{});
  EXPECT_EQ(split_array(" [ \n] "), Texts{});
  EXPECT_EQ(split_array("[1]"), Texts{"1"});
  EXPECT_EQ(split_array(R"([{"a":[1,2]}, "x,]\"y" ,[[],{}],null])"),
            (Texts{R"({"a":[1,2]})", R"("x,]\"y")", "[[],{}]", "null"}));
}

TEST(SplitArray, SaysNothingAboutTheItemsThemselves) {
  EXPECT_EQ(split_array(R"([{"a":1,"a":2},"\ud800",1e999,])"),
            (Texts{R"({"a":1,"a":2})", R"("\ud800")", "1e999", ""}));
}

TEST(SplitArray, RefusesWhatIsNoWholeArray) {
  for (const char* text : {"", "[", "]", "{}", "[1", "[1]]", "[1]x", "[\"a]", "[\"a\\", "[{]", "1",
                           "[1,2}", "[}", "[\"\\"}) {
    EXPECT_FALSE(split_array(text)) << text;
  }
}

// For valid texts it gives what the parser gives.
TEST(SplitArray, AgreesWithTheParser) {
  const std::string text = R"([ {"k":"v\\","m":{"n":[ ]}} ,[], "", -1.5e3 , true ])";
  Document whole;
  const Node array = *whole.parse(text);
  const auto items = split_array(text);
  ASSERT_TRUE(items);
  ASSERT_EQ(items->size(), array.size());
  std::size_t index = 0;
  for (Node node : array) {
    std::string expected;
    append(expected, node);
    Document document;
    auto item = document.parse((*items)[index++]);
    ASSERT_TRUE(item);
    std::string got;
    append(got, *item);
    EXPECT_EQ(got, expected);
  }
}

TEST(SplitObject, FindsKeysAndValues) {
  const auto members = split_object(R"( {"a" : [1,{"b":2}] ,"c\"}": "x,}","d":nonsense} )");
  ASSERT_TRUE(members);
  ASSERT_EQ(members->size(), 3u);
  EXPECT_EQ(members->at(0).key, "a");
  EXPECT_EQ(members->at(0).value, R"([1,{"b":2}])");
  EXPECT_EQ(members->at(1).key, R"(c\"})");
  EXPECT_EQ(members->at(1).value, R"("x,}")");
  EXPECT_EQ(members->at(2).value, "nonsense");
  EXPECT_EQ(split_object("{ }")->size(), 0u);
}

TEST(SplitObject, RefusesWhatIsNoWholeObject) {
  for (const char* text : {"", "{", "}", "[]", "{1}", "{\"a\"}", "{\"a\":1}}", "{\"a\":1}x",
                           "{\"a}", "{\"a\" 1}", "{\"a\":1,}", "{\"a\":[}", "{\"}"}) {
    EXPECT_FALSE(split_object(text)) << text;
  }
}

}  // namespace
}  // namespace trailkeeper::json
