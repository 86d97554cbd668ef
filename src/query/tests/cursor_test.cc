#include "cursor.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace trailkeeper::query {
namespace {

class CursorTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("cursor_test_" + random_base32(12));
    journal_ = std::move(*journal::Journal::open({.folder = folder_.string()}, clock_, metrics_));
  }
  void TearDown() override {
    journal_.reset();
    std::filesystem::remove_all(folder_);
  }
  SearchRequest request(const char* org = "acme") { return {.org = *OrgId::parse(org)}; }
  std::string encode(const SearchRequest& request) { return kCursor.encode(request, *journal_); }
  std::optional<Cursor> decode(const std::string& text, const SearchRequest& request) {
    return Cursor::decode(text, request, *journal_);
  }

  const Cursor kCursor{{from_micros(1'700'000'000'000'001), Seq{42}}, {10'000, false}};
  ManualClock clock_{*parse_rfc3339("2026-11-22T14:30:00Z")};
  metrics::Registry metrics_;
  std::filesystem::path folder_;
  std::unique_ptr<journal::Journal> journal_;
};

TEST_F(CursorTest, ComesBackForItsSearch) {
  auto cursor = decode(encode(request()), request());
  ASSERT_TRUE(cursor);
  EXPECT_EQ(cursor->position, kCursor.position);
  EXPECT_EQ(cursor->total.value, 10'000u);
  EXPECT_FALSE(cursor->total.exact);
}

// Promise 7: no cursor of one org opens anything of another.
TEST_F(CursorTest, OpensNoOtherSearch) {
  const std::string text = encode(request());
  EXPECT_FALSE(decode(text, request("globex")));
  SearchRequest other = request();
  other.filter.q = "x";
  EXPECT_FALSE(decode(text, other));
  other = request();
  other.filter.http_statuses = {401};
  EXPECT_FALSE(decode(text, other));
  other = request();
  other.filter.query = "area:x";
  EXPECT_FALSE(decode(text, other));
  other = request();
  other.filter.actor_ids = {"x"};
  EXPECT_FALSE(decode(text, other));
  other = request();
  other.ascending = true;
  EXPECT_FALSE(decode(text, other));
  other = request();
  other.filter.from = from_micros(1);
  EXPECT_FALSE(decode(text, other));
}

TEST_F(CursorTest, CannotBeMadeUpOrChanged) {
  const std::string text = encode(request());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (changed == text) continue;
    EXPECT_FALSE(decode(changed, request())) << i;
  }
  for (const char* none : {"", "x", "AAAA", "null", "%00"}) EXPECT_FALSE(decode(none, request()));
  EXPECT_FALSE(decode(text + "AAAA", request()));
}

// The limit may change from page to page; it does not decide which rows there are.
TEST_F(CursorTest, DoesNotDependOnTheLimit) {
  SearchRequest other = request();
  other.limit = 200;
  EXPECT_TRUE(decode(encode(request()), other));
}

}  // namespace
}  // namespace trailkeeper::query
