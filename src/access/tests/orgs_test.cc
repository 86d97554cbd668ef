#include "access/orgs.h"

#include <gtest/gtest.h>

#include "world.h"

namespace trailkeeper::access {
namespace {

using OrgsTest = World;

TEST_F(OrgsTest, ANewOneHasTheDefaults) {
  const auto put = orgs_->put(socket_, origin_, org_id("initech"), {.name = "Initech"});
  ASSERT_TRUE(put);
  EXPECT_TRUE(put->created);
  EXPECT_EQ(put->org.entitlements, settings::Entitlements{});
  EXPECT_EQ(put->org.viewing_window_days, 30);
  EXPECT_EQ(put->org.retention_days, 400);
  EXPECT_EQ(put->org.link_hours, 24);
  EXPECT_TRUE(orgs_->exists(org_id("initech")));
  restart();
  EXPECT_EQ(*orgs_->find(org_id("initech")), put->org);
}

TEST_F(OrgsTest, TheSameAgainChangesNothing) {
  const std::size_t before = store_.outbox().size();
  const auto put = orgs_->put(socket_, origin_, org_id("acme"),
                              {.name = "Acme", .audit_logs = true, .s3 = true});
  ASSERT_TRUE(put);
  EXPECT_FALSE(put->created);
  EXPECT_FALSE(put->changed);
  EXPECT_EQ(store_.outbox().size(), before);
}

TEST_F(OrgsTest, AChangeOfEntitlementsIsAnEntryOfItsOwn) {
  ASSERT_TRUE(orgs_->put(socket_, origin_, org_id("acme"),
                         {.data_packs = true, .viewing_window_days = 60}));
  const auto entitlements = store_.outbox("trailkeeper.org.entitlements_changed");
  ASSERT_EQ(entitlements.size(), 1u);
  EXPECT_EQ(entitlements[0].org, org_id("acme"));
  EXPECT_NE(entitlements[0].event.find(
                R"("changes":[{"field":"data_packs","before":false,"after":true}])"),
            std::string::npos);
  const auto others = store_.outbox("trailkeeper.org.changed");
  ASSERT_EQ(others.size(), 1u);
  EXPECT_NE(others[0].event.find(R"([{"field":"viewing_window_days","before":30,"after":60}])"),
            std::string::npos);
  EXPECT_TRUE(orgs_->find(org_id("acme"))->entitlements.s3);
}

TEST_F(OrgsTest, BadValuesAreRefusedByNameAndChangeNothing) {
  const auto refused =
      orgs_->put(socket_, origin_, org_id("acme"),
                 {.name = "", .viewing_window_days = 0, .retention_days = 5000, .link_hours = 169});
  ASSERT_FALSE(refused);
  std::string pointers;
  const Error error = refused.error();
  for (const auto& field : error.fields) pointers += field.pointer + " ";
  EXPECT_EQ(pointers, "/name /viewing_window_days /retention_days /link_hours ");
  EXPECT_EQ(orgs_->find(org_id("acme"))->name, "Acme");
  EXPECT_FALSE(orgs_->put(socket_, origin_, org_id("acme"),
                          {.viewing_window_days = 90, .retention_days = 89}));
  EXPECT_FALSE(orgs_->put(socket_, origin_, org_id("fresh"), {}));
  EXPECT_FALSE(orgs_->exists(org_id("fresh")));
}

TEST_F(OrgsTest, TheOperatorsOwnIsThereAndReserved) {
  EXPECT_TRUE(orgs_->exists(settings::own_org()));
  const auto refused = orgs_->put(socket_, origin_, settings::own_org(), {.name = "Mine"});
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
}

}  // namespace
}  // namespace trailkeeper::access
