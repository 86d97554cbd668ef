#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "access/stranger_notes.h"
#include "testing/table_faults.h"
#include "world.h"

namespace trailkeeper::access {
namespace {

// A change and the entry about it are committed together: with any statement of any of them
// failing, there is neither.
class OwnActions : public World {
 protected:
  // Sweeps the faults through one action, which is done anew each time; `prepare` makes what it
  // needs. The entry's own fault has to be among those met.
  void sweep(const std::string& action, const std::function<void()>& prepare,
             const std::function<bool()>& work) {
    SCOPED_TRACE(action);
    const std::size_t before = store_.outbox(action).size();
    prepare();
    ASSERT_TRUE(work());
    ASSERT_EQ(store_.outbox(action).size(), before + 1);
    settings::TableFaults faults(store_.folder());
    const int met = faults.sweep(prepare, work);
    EXPECT_GE(met, 1);
    met_ += met;
  }
  std::string next(const std::string& stem) { return stem + std::to_string(++made_); }

  int made_ = 0;
  int met_ = 0;
};

TEST_F(OwnActions, OfOrgsAreCommittedWithTheChange) {
  const auto nothing = [] {};
  std::string id;
  const auto put = [&](const OrgChange& change) {
    return orgs_->put(socket_, origin_, org_id(id), change).has_value();
  };
  const auto prepare = [&] {
    id = next("org");
    ASSERT_TRUE(put({.name = "An org"}));
  };
  sweep("trailkeeper.org.created", nothing, [&] {
    id = next("new");
    return put({.name = "New"});
  });
  sweep("trailkeeper.org.changed", prepare, [&] { return put({.name = "Other"}); });
  sweep("trailkeeper.org.entitlements_changed", prepare, [&] { return put({.s3 = true}); });
  sweep("trailkeeper.org.limits_changed", prepare,
        [&] { return put({.limits = settings::Limits{.events_per_second = 7}}); });
  EXPECT_GE(met_, 4 * 2) << "each by its table and by its entry";
}

TEST_F(OwnActions, OfKeysAreCommittedWithTheChange) {
  Uuid id;
  const NewKey request{.org = org_id("acme"), .application = "shop", .scopes = {.ingest = true}};
  const auto prepare = [&] {
    const auto made = keys_->create(socket_, origin_, request);
    ASSERT_TRUE(made);
    id = made->key.id;
  };
  sweep(
      "trailkeeper.key.created", [] {},
      [&] { return keys_->create(socket_, origin_, request).has_value(); });
  sweep("trailkeeper.key.changed", prepare,
        [&] { return keys_->change(socket_, origin_, id, {.name = "till"}).has_value(); });
  sweep("trailkeeper.key.rotated", prepare,
        [&] { return keys_->rotate(socket_, origin_, id, std::chrono::seconds(60)).has_value(); });
  sweep("trailkeeper.key.revoked", prepare,
        [&] { return keys_->revoke(socket_, origin_, id).has_value(); });
  EXPECT_GE(met_, 4 * 2 + 1);
}

TEST_F(OwnActions, OfPeopleAreCommittedWithTheChange) {
  std::string email;
  settings::Person person;
  const auto put = [&](Role role) {
    return people_
        ->put_member(socket_, origin_, org_id("acme"),
                     {.email = email, .name = "Ann", .role = role})
        .has_value();
  };
  const auto prepare = [&] {
    email = next("ann") + "@example.com";
    auto made = people_->put_member(socket_, origin_, org_id("acme"),
                                    {.email = email, .name = "Ann", .role = Role::member});
    ASSERT_TRUE(made);
    person = made->member.person;
  };
  sweep(
      "trailkeeper.member.added", [] {},
      [&] {
        email = next("new") + "@example.com";
        return put(Role::admin);
      });
  sweep("trailkeeper.member.role_changed", prepare, [&] { return put(Role::admin); });
  sweep("trailkeeper.user.disabled", prepare,
        [&] { return people_->set_disabled(socket_, origin_, person.id, true).has_value(); });
  EXPECT_GE(met_, 3 * 2);
}

TEST_F(OwnActions, OfSessionsAreCommittedWithThem) {
  make_person("acme", "ann@example.com", Role::admin);
  std::string token;
  const auto sign_in = [&] {
    auto done = sessions_->sign_in({"ann@example.com", kGoodPassword}, origin_);
    if (done) token = done->token;
    return done.has_value();
  };
  sweep(
      "trailkeeper.user.signed_in", [] {}, sign_in);
  sweep(
      "trailkeeper.user.signed_out", [&] { ASSERT_TRUE(sign_in()); },
      [&] { return sessions_->sign_out(token, origin_).has_value(); });
  EXPECT_GE(met_, 2 * 2);
}

// The operators' trail cannot be filled by making up emails.
TEST_F(OwnActions, StrangersAreNotedOneByOneOnlySoOften) {
  const int tries = StrangerNotes::kPerMinuteMax + 25;
  for (int i = 0; i < tries; ++i) {
    // From as many networks as needed, so that the slowing down does not end it.
    const settings::Origin origin{.ip = "198.51." + std::to_string(i) + ".1"};
    EXPECT_FALSE(
        sessions_->sign_in({"nobody" + std::to_string(i) + "@example.com", "wrong"}, origin));
  }
  const auto noted = [&] { return store_.outbox("trailkeeper.user.sign_in_failed").size(); };
  EXPECT_EQ(noted(), std::size_t(StrangerNotes::kPerMinuteMax));
  EXPECT_TRUE(store_.outbox("trailkeeper.user.sign_ins_failed").empty());
  clock_.advance(std::chrono::minutes(1));
  ASSERT_TRUE(sessions_->note_counted_failures());
  ASSERT_TRUE(sessions_->note_counted_failures());
  const auto counted = store_.outbox("trailkeeper.user.sign_ins_failed");
  ASSERT_EQ(counted.size(), 1u);
  EXPECT_EQ(counted[0].org, settings::own_org());
  EXPECT_NE(counted[0].event.find("{\"count\":25}"), std::string::npos) << counted[0].event;
}

TEST_F(OwnActions, AKnownPersonsFailuresAreAlwaysNoted) {
  make_person("acme", "ann@example.com", Role::admin);
  for (int i = 0; i < StrangerNotes::kPerMinuteMax; ++i) {
    const settings::Origin origin{.ip = "198.51." + std::to_string(i) + ".1"};
    (void)sessions_->sign_in({"nobody" + std::to_string(i) + "@example.com", "wrong"}, origin);
  }
  EXPECT_FALSE(sessions_->sign_in({"ann@example.com", "wrong"}, origin_));
  const auto failed = store_.outbox("trailkeeper.user.sign_in_failed");
  EXPECT_EQ(failed.back().org, org_id("acme"));
}

}  // namespace
}  // namespace trailkeeper::access
