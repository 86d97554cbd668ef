#include "access/looks.h"

#include <gtest/gtest.h>

#include "testing/table_faults.h"
#include "world.h"

namespace trailkeeper::access {
namespace {

// REQUIREMENTS F6: what the vendor reads of a customer's trail is in that trail.
class LooksTest : public World {
 protected:
  LooksTest() { open_looks(); }

  void open_looks() {
    auto looks = Looks::open(*store_, *orgs_, clock_);
    ASSERT_TRUE(looks) << looks.error().message;
    looks_ = std::move(looks).value();
    permissions_ = std::make_unique<Permissions>(*orgs_, clock_, looks_.get());
  }

  static Principal vendor(const std::string& session, Reading reading = {}) {
    Principal principal(SessionPerson{.id = Uuid::v7(from_micros(2)),
                                      .email = "olga@vendor.example",
                                      .name = "Olga",
                                      .is_operator = true,
                                      .session_id = session});
    principal.set_reading(std::move(reading));
    return principal;
  }
  static Reading search(std::vector<std::pair<std::string, std::string>> query,
                        std::string path = "/v1/orgs/acme/events") {
    return {.kind = Reading::Kind::search, .path = std::move(path), .query = std::move(query)};
  }
  std::string read(const Principal& who, std::string_view org) {
    const auto grant = permissions_->may_read_audit(who, org_id(org));
    return grant ? "yes" : grant.error().code;
  }
  std::size_t noted(const std::string& what) {
    return store_.outbox("trailkeeper.vendor." + what).size();
  }
  Result<settings::Look> begin(const Principal& who, std::string_view org = "acme") {
    return looks_->begin(who, origin_, org_id(org), "Case 4711");
  }

  std::unique_ptr<Looks> looks_;
};

TEST_F(LooksTest, AnOperatorReadsByALookOnlyAndForAWhile) {
  const Principal olga = vendor("s1");
  EXPECT_EQ(read(olga, "acme"), "look_needed");
  const auto look = begin(olga);
  ASSERT_TRUE(look) << look.error().message;
  EXPECT_EQ(look->expires_at, clock_.now() + std::chrono::minutes(30));
  EXPECT_EQ(read(olga, "acme"), "yes");
  EXPECT_EQ(read(vendor("s2"), "acme"), "look_needed") << "another session of the same person";
  EXPECT_EQ(read(olga, "globex"), "look_needed");
  EXPECT_EQ(looks_->list(olga).size(), 1u);
  EXPECT_TRUE(looks_->list(vendor("s2")).empty());
  const auto grant = permissions_->may_read_audit(olga, org_id("acme"));
  EXPECT_EQ(grant->visible_from, at("2026-10-23T12:00:00Z")) << "the organization's own window";
  clock_.advance(std::chrono::minutes(30));
  EXPECT_EQ(read(olga, "acme"), "look_needed");
  EXPECT_TRUE(looks_->list(olga).empty());
}

TEST_F(LooksTest, ALookEndsAndANewOneTakesItsPlace) {
  const Principal olga = vendor("s1");
  const auto first = begin(olga);
  const auto second = begin(olga);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(looks_->end(olga, origin_, first->id).error().kind, ErrorKind::not_found);
  EXPECT_EQ(looks_->end(vendor("s2"), origin_, second->id).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(looks_->end(olga, origin_, second->id));
  EXPECT_EQ(read(olga, "acme"), "look_needed");
  EXPECT_EQ(noted("look_started"), 2u);
  EXPECT_EQ(noted("look_ended"), 1u);
}

TEST_F(LooksTest, ALookIsForOperatorsWithAReasonAndForWhatIsEnabled) {
  make_org("bare", {.name = "Bare"});
  EXPECT_EQ(begin(someone("acme", Role::primary_admin)).error().kind, ErrorKind::forbidden);
  EXPECT_EQ(begin(socket_).error().code, "session_needed");
  EXPECT_EQ(begin(application({}, {.manage = true})).error().code, "session_needed");
  const Principal olga = vendor("s1");
  EXPECT_EQ(begin(olga, "nowhere").error().kind, ErrorKind::not_found);
  EXPECT_EQ(begin(olga, "trailkeeper").error().kind, ErrorKind::not_found);
  EXPECT_EQ(begin(olga, "bare").error().code, "not_enabled");
  const auto bare = looks_->begin(olga, origin_, org_id("acme"), "");
  EXPECT_EQ(bare.error().fields.at(0).pointer, "/reason");
}

TEST_F(LooksTest, WhatIsReadIsInTheCustomersTrailFirst) {
  const Principal olga = vendor("s1", search({{"q", "ann"}, {"limit", "50"}}));
  ASSERT_TRUE(begin(olga));
  EXPECT_EQ(read(olga, "acme"), "yes");
  const auto entries = store_.outbox("trailkeeper.vendor.searched");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].org, org_id("acme"));
  for (const char* part : {R"("area":"Vendor access")", "Case 4711", R"("q=ann")",
                           R"("email":"olga@vendor.example")", R"("role":"operator")"}) {
    EXPECT_NE(entries[0].event.find(part), std::string::npos) << part << entries[0].event;
  }
}

TEST_F(LooksTest, ThePartsOfOneSearchAreOneEntryAndOthersAreNot) {
  ASSERT_TRUE(begin(vendor("s1")));
  const auto looks_at = [&](Reading reading) {
    EXPECT_EQ(read(vendor("s1", std::move(reading)), "acme"), "yes");
    return noted("searched");
  };
  EXPECT_EQ(looks_at(search({{"q", "ann"}})), 1u);
  EXPECT_EQ(looks_at(search({{"q", "ann"}, {"cursor", "x"}, {"limit", "10"}})), 1u);
  EXPECT_EQ(looks_at(search({{"buckets", "60"}, {"q", "ann"}}, "/v1/orgs/acme/events/histogram")),
            1u);
  EXPECT_EQ(looks_at(search({{"q", "bob"}})), 2u);
  EXPECT_EQ(looks_at(search({{"q", "ann"}, {"from", "2026-11-01T00:00:00Z"}})), 3u);
  clock_.advance(kSameReading);
  EXPECT_EQ(looks_at(search({{"q", "ann"}})), 4u);
  const Reading entry{.kind = Reading::Kind::entry, .subject = "e1"};
  EXPECT_EQ(read(vendor("s1", entry), "acme"), "yes");
  EXPECT_EQ(read(vendor("s1", entry), "acme"), "yes");
  EXPECT_EQ(noted("entry_opened"), 2u) << "each entry that is opened is one";
}

// Nothing is shown that could not be written down.
TEST_F(LooksTest, WithoutTheEntryThereIsNoReading) {
  ASSERT_TRUE(begin(vendor("s1")));
  settings::TableFaults faults(store_.folder());
  int made = 0;
  const int met = faults.sweep(
      [] {},
      [&] {
        return read(vendor("s1", search({{"q", std::to_string(++made)}})), "acme") == "yes";
      });
  EXPECT_GE(met, 1);
}

TEST_F(LooksTest, AMembershipOpensNothingForAnOperator) {
  Principal both(
      SessionPerson{.id = Uuid::v7(from_micros(2)),
                    .is_operator = true,
                    .memberships = {{.org = org_id("acme"), .role = Role::primary_admin}},
                    .session_id = "s1"});
  EXPECT_EQ(read(both, "acme"), "look_needed");
  EXPECT_EQ(read(both, "trailkeeper"), "yes");
  ASSERT_TRUE(begin(both));
  EXPECT_EQ(read(both, "acme"), "yes");
  EXPECT_NE(store_.outbox("trailkeeper.vendor.viewed").at(0).event.find(R"("type":"operator")"),
            std::string::npos);
}

TEST_F(LooksTest, WhoeverComesByTheSocketIsWrittenDownToo) {
  Principal socket{SocketOperator{}};
  socket.set_reading(search({{"q", "ann"}}));
  EXPECT_EQ(read(socket, "acme"), "yes");
  EXPECT_EQ(noted("searched"), 1u);
  EXPECT_EQ(read(socket, "trailkeeper"), "yes");
  EXPECT_EQ(noted("searched"), 1u) << "the operators' own trail is their own";
  EXPECT_EQ(read(socket_, "acme"), "yes");
  EXPECT_EQ(noted("viewed"), 0u) << "what shows no entry";
}

TEST_F(LooksTest, LooksOutliveARestart) {
  const auto look = begin(vendor("s1"));
  restart();
  open_looks();
  EXPECT_EQ(read(vendor("s1"), "acme"), "yes");
  clock_.advance(std::chrono::minutes(31));
  ASSERT_TRUE(looks_->forget_ended());
  const auto kept =
      store_->read([&](settings::ReadTx& tx) { return settings::list_looks(tx, from_micros(0)); });
  EXPECT_TRUE(kept->empty());
}

}  // namespace
}  // namespace trailkeeper::access
