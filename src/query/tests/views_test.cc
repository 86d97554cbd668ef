#include "query/views.h"

#include <gtest/gtest.h>

#include "settings/orgs.h"
#include "testing/temp_store.h"

namespace trailkeeper::query {
namespace {

class ViewsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* id : {"acme", "globex"})
      store_.add_org(settings::Org{.id = *OrgId::parse(id), .name = id});
  }
  std::vector<std::string> names(const OrgId& org, const Viewer& viewer) {
    std::vector<std::string> found;
    const auto views = *views_.list(org, viewer);
    for (const auto& view : views) found.push_back(view.name);
    return found;
  }

  const OrgId acme_ = *OrgId::parse("acme"), globex_ = *OrgId::parse("globex");
  const Viewer ann_{"1", "Ann", false}, bob_{"2", "Bob", true}, key_{};
  settings::TempStore store_;
  ManualClock clock_{*parse_rfc3339("2026-11-22T14:30:00Z")};
  Views views_{*store_, clock_};
};

TEST_F(ViewsTest, PrivateOnesAreTheOwnersAlone) {
  const auto mine = views_.create(acme_, ann_, {.name = "mine"});
  ASSERT_TRUE(mine);
  ASSERT_TRUE(views_.create(acme_, ann_, {.name = "ours", .shared = true}));
  EXPECT_EQ(names(acme_, ann_), (std::vector<std::string>{"mine", "ours"}));
  EXPECT_EQ(names(acme_, bob_), std::vector<std::string>{"ours"});
  EXPECT_EQ(names(acme_, key_), std::vector<std::string>{"ours"});
  EXPECT_EQ(views_.change(acme_, bob_, mine->id, {.name = "his"}).error().code, "view_not_found");
  EXPECT_EQ(views_.remove(acme_, bob_, mine->id).error().code, "view_not_found");
}

// Promise 7: no id of one org opens anything of another.
TEST_F(ViewsTest, AnotherOrgsAreNotThere) {
  const auto ours = views_.create(acme_, ann_, {.name = "ours", .shared = true});
  ASSERT_TRUE(ours);
  EXPECT_TRUE(names(globex_, ann_).empty());
  EXPECT_EQ(views_.change(globex_, ann_, ours->id, {.name = "x"}).error().code, "view_not_found");
  EXPECT_EQ(views_.remove(globex_, bob_, ours->id).error().code, "view_not_found");
  EXPECT_EQ(names(acme_, ann_), std::vector<std::string>{"ours"});
}

TEST_F(ViewsTest, ASharedOneIsChangedByItsOwnerAndRemovedByAPrimaryAdminToo) {
  const auto ours = views_.create(acme_, ann_, {.name = "ours", .shared = true});
  ASSERT_TRUE(ours);
  EXPECT_EQ(views_.change(acme_, bob_, ours->id, {.name = "x"}).error().code, "not_the_owner");
  const auto changed =
      views_.change(acme_, ann_, ours->id, {.name = "all", .shared = true, .query = "area:x"});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->query, "area:x");
  const Viewer carl{"3", "Carl", false};
  EXPECT_EQ(views_.remove(acme_, carl, ours->id).error().code, "not_the_owner");
  EXPECT_TRUE(views_.remove(acme_, bob_, ours->id));
  EXPECT_TRUE(names(acme_, ann_).empty());
}

// Promise 8: bad input changes nothing, and everything has a limit.
TEST_F(ViewsTest, QueriesAreReadAndNumbersBounded) {
  EXPECT_EQ(views_.create(acme_, ann_, {.name = "x", .query = "foo:"}).error().code,
            "invalid_query");
  EXPECT_EQ(views_.create(acme_, key_, {.name = "x"}).error().code, "person_needed");
  for (std::uint64_t i = 0; i < kViewsPerOwnerMax; ++i)
    ASSERT_TRUE(views_.create(acme_, ann_, {.name = "x"}));
  EXPECT_EQ(views_.create(acme_, ann_, {.name = "x"}).error().code, "too_many_views");
  EXPECT_TRUE(views_.create(acme_, bob_, {.name = "x"}));
}

}  // namespace
}  // namespace trailkeeper::query
