#include "workos_shapes.h"

#include <gtest/gtest.h>

#include "json/document.h"

namespace trailkeeper::api {
namespace {

const std::vector<std::string> kIds{"a", "b", "c", "d", "e"};  // in the order of their making

// Items, then before and after.
std::string shown(const WorkosPage& page) {
  return workos_list(kIds, page, [](json::Writer& out, std::size_t i) { out.string(kIds[i]); });
}

std::string list(const std::string& data, const std::string& before, const std::string& after) {
  const auto id = [](const std::string& text) {
    return text.empty() ? std::string("null") : "\"" + text + "\"";
  };
  return R"({"object":"list","data":[)" + data + R"(],"list_metadata":{"before":)" + id(before) +
         R"(,"after":)" + id(after) + "}}";
}

TEST(WorkosList, GoesForwardNewestFirst) {
  EXPECT_EQ(shown({.limit = 2}), list(R"("e","d")", "", "d"));
  EXPECT_EQ(shown({.limit = 2, .after = "d"}), list(R"("c","b")", "c", "b"));
  EXPECT_EQ(shown({.limit = 2, .after = "b"}), list(R"("a")", "a", ""));
}

TEST(WorkosList, GoesBack) {
  EXPECT_EQ(shown({.limit = 2, .before = "a"}), list(R"("c","b")", "c", "b"));
  EXPECT_EQ(shown({.limit = 2, .before = "d"}), list(R"("e")", "", "e"));
  EXPECT_EQ(shown({.limit = 2, .before = "e"}), list("", "", ""));
}

TEST(WorkosList, GoesOldestFirst) {
  EXPECT_EQ(shown({.limit = 2, .ascending = true}), list(R"("a","b")", "", "b"));
  EXPECT_EQ(shown({.limit = 5, .ascending = true}), list(R"("a","b","c","d","e")", "", ""));
}

TEST(WorkosList, AnUnknownIdIsTheEnd) { EXPECT_EQ(shown({.after = "x"}), list("", "", "")); }

TEST(WorkosList, EveryItemIsThereOnceWhateverTheLimit) {
  for (std::size_t limit = 1; limit <= 6; ++limit) {
    std::string seen;
    WorkosPage page{.limit = limit};
    for (int pages = 0; pages < 10; ++pages) {
      json::Document document;
      const json::Node root = *document.parse(shown(page));
      const json::Node data = *root.find("data");
      for (const json::Node item : data) seen += item.text();
      const json::Node after = *root.find("list_metadata")->find("after");
      if (after.is(json::Type::null)) break;
      page.after = after.text();
    }
    EXPECT_EQ(seen, "edcba") << limit;
  }
}

}  // namespace
}  // namespace trailkeeper::api
