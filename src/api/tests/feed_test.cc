#include "desk.h"

namespace trailkeeper::api {
namespace {

// The event store is away here: what needs none is what can be seen.
class FeedRouteTest : public Desk {
 protected:
  const std::string reader_ = make_key("acme", R"("read")");
  Got follow(Sent sent) { return call("GET", "/v1/orgs/acme/feed", std::move(sent)); }
  Sent asked(std::vector<std::pair<std::string, std::string>> query,
             std::vector<httpd::Header> more = {}) {
    for (auto& header : bearer(reader_)) more.push_back(header);
    return {.headers = std::move(more), .query = std::move(query)};
  }
};

TEST_F(FeedRouteTest, AnEmptyPageHasACursorThatGoesOn) {
  const Got first = follow(asked({}));
  ASSERT_EQ(first.status, 200) << first.body;
  const std::string cursor = first.text("next_cursor");
  EXPECT_FALSE(cursor.empty());
  const Got second = follow(asked({{"cursor", cursor}, {"wait", "1"}}));
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_GE(second.text("watermark"), first.text("watermark"));
}

TEST_F(FeedRouteTest, LinesCarryTheirCursorInHeaders) {
  const Got got = follow(asked({}, {{"Accept", "application/x-ndjson"}}));
  ASSERT_EQ(got.status, 200) << got.body;
  EXPECT_EQ(got.header("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(got.body, "");
  EXPECT_FALSE(got.header("Trailkeeper-Next-Cursor").empty());
  EXPECT_EQ(got.header("Trailkeeper-Has-More"), "false");
  EXPECT_TRUE(parse_rfc3339(got.header("Trailkeeper-Watermark")));
}

// Promise 7.
TEST_F(FeedRouteTest, ACursorOfAnotherOrgIsRefused) {
  const std::string cursor = follow(asked({})).text("next_cursor");
  const std::string other = make_key("globex", R"("read")");
  const Got got = call("GET", "/v1/orgs/globex/feed",
                       {.headers = bearer(other), .query = {{"cursor", cursor}}});
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.text("code"), "bad_cursor");
  EXPECT_EQ(call("GET", "/v1/orgs/acme/feed", {.headers = bearer(other)}).status, 404);
}

TEST_F(FeedRouteTest, PeopleAreRefusedAndToldWhy) {
  make_person("acme", "ann@acme.example", "primary_admin");
  const Got got = follow({.headers = sign_in("ann@acme.example")});
  EXPECT_EQ(got.status, 403);
  EXPECT_EQ(got.text("code"), "key_needed");
}

TEST_F(FeedRouteTest, BadParametersAreRefused) {
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"limit", "0"}, {"limit", "1001"}, {"wait", "61"}, {"from_seq", "0"}, {"q", "x"}}) {
    EXPECT_EQ(follow(asked({{name, value}})).status, 400) << name << "=" << value;
  }
  EXPECT_EQ(follow(asked({{"from_seq", "2"}, {"cursor", "x"}})).status, 400);
}

}  // namespace
}  // namespace trailkeeper::api
