#include "access/people.h"

#include <gtest/gtest.h>

#include "world.h"

namespace trailkeeper::access {
namespace {

class PeopleTest : public World {
 protected:
  Result<MemberPut> put(const Principal& by, std::string_view org, const std::string& email,
                        Role role, std::optional<std::string> password = {}) {
    return people_->put_member(
        by, origin_, org_id(org),
        {.email = email, .name = "Ann", .role = role, .password = std::move(password)});
  }
};

TEST_F(PeopleTest, APersonIsAddedWithARoleAndAnEntry) {
  const auto made = put(socket_, "acme", "ann@acme.example", Role::primary_admin, kGoodPassword);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(made->created);
  const auto members = people_->list_members(org_id("acme"), {}, 10);
  ASSERT_EQ(members->size(), 1u);
  EXPECT_EQ(members->front().member.role, Role::primary_admin);
  EXPECT_EQ(store_.outbox("trailkeeper.member.added").size(), 1u);
  EXPECT_TRUE(sessions_->sign_in({"ANN@acme.example", kGoodPassword}, origin_));
  for (const auto& entry : store_.outbox())
    EXPECT_EQ(entry.event.find(kGoodPassword), std::string::npos);
}

TEST_F(PeopleTest, TheLastSignInIsKnownForEachOrg) {
  make_person("acme", "ann@acme.example", Role::admin);
  const auto member = [&] { return people_->list_members(org_id("acme"), {}, 10)->front().member; };
  EXPECT_EQ(member().last_sign_in_at, std::nullopt);
  EXPECT_FALSE(sessions_->sign_in({"ann@acme.example", "something else"}, origin_));
  EXPECT_EQ(member().last_sign_in_at, std::nullopt);
  ASSERT_TRUE(sessions_->sign_in({"ann@acme.example", kGoodPassword}, origin_));
  const Timestamp first = clock_.now();
  EXPECT_EQ(member().last_sign_in_at, first);
  EXPECT_EQ(member().person.last_sign_in_at, first);
  // A change of the role is no sign-in, nor forgets one.
  clock_.advance(std::chrono::hours(1));
  ASSERT_TRUE(put(socket_, "acme", "ann@acme.example", Role::member));
  EXPECT_EQ(member().last_sign_in_at, first);
}

TEST_F(PeopleTest, ARoleChangeShowsBeforeAndAfterAndCountsAtOnce) {
  make_person("acme", "ann@acme.example", Role::admin);
  const auto session = sessions_->sign_in({"ann@acme.example", kGoodPassword}, origin_);
  ASSERT_TRUE(put(socket_, "acme", "ann@acme.example", Role::member));
  const auto entries = store_.outbox("trailkeeper.member.role_changed");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_NE(entries[0].event.find(R"({"field":"role","before":"admin","after":"member"})"),
            std::string::npos);
  EXPECT_EQ(sessions_->find(session->token)->role_in(org_id("acme")), Role::member);
  ASSERT_TRUE(put(socket_, "acme", "ann@acme.example", Role::member));
  EXPECT_EQ(store_.outbox("trailkeeper.member.role_changed").size(), 1u);
}

// Promise 7: an admin of one org cannot take over the sign-in of a person who belongs to another.
TEST_F(PeopleTest, AnOrgsAdminCannotSetThePasswordOfAKnownPerson) {
  make_person("globex", "bob@x.example", Role::member);
  const Principal admin = someone("acme", Role::primary_admin);
  const auto refused = put(admin, "acme", "BOB@x.example", Role::admin, "another long password");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "person_exists");
  EXPECT_TRUE(people_->list_members(org_id("acme"), {}, 10)->empty());
  ASSERT_TRUE(put(admin, "acme", "bob@x.example", Role::admin));
  EXPECT_EQ(people_->list_members(org_id("acme"), {}, 10)->front().member.person.name, "Person");
  EXPECT_TRUE(sessions_->sign_in({"bob@x.example", kGoodPassword}, origin_));
}

TEST_F(PeopleTest, ANewPasswordEndsAllSessions) {
  make_person("acme", "ann@acme.example", Role::admin);
  const auto session = sessions_->sign_in({"ann@acme.example", kGoodPassword}, origin_);
  ASSERT_TRUE(put(socket_, "acme", "ann@acme.example", Role::admin, "another long password"));
  EXPECT_EQ(sessions_->find(session->token).error().code, "no_session");
  EXPECT_FALSE(sessions_->sign_in({"ann@acme.example", kGoodPassword}, origin_));
  EXPECT_TRUE(sessions_->sign_in({"ann@acme.example", "another long password"}, origin_));
  EXPECT_EQ(store_.outbox("trailkeeper.user.password_set").size(), 1u);
}

TEST_F(PeopleTest, AnAdminCannotChangeAPrimaryAdmin) {
  make_person("acme", "boss@acme.example", Role::primary_admin);
  const auto refused = put(someone("acme", Role::admin), "acme", "boss@acme.example", Role::member);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
  make_person("acme", "other@acme.example", Role::primary_admin);
  EXPECT_TRUE(put(someone("acme", Role::primary_admin), "acme", "boss@acme.example", Role::member));
}

TEST_F(PeopleTest, BadInputNamesEveryFieldAndMakesNobody) {
  const auto refused =
      people_->put_member(socket_, origin_, org_id("acme"),
                          {.email = "no address", .name = "A\nB", .password = "short"});
  ASSERT_FALSE(refused);
  std::string pointers;
  const Error error = refused.error();
  for (const auto& field : error.fields) pointers += field.pointer + ":" + field.code + " ";
  EXPECT_EQ(pointers, "/email:email /name:control_character /password:password_too_short ");
  EXPECT_TRUE(people_->list_members(org_id("acme"), {}, 10)->empty());
  EXPECT_EQ(put(socket_, "nobody", "a@b.c", Role::member).error().kind, ErrorKind::not_found);
  EXPECT_EQ(put(socket_, "trailkeeper", "a@b.c", Role::admin).error().code, "reserved");
}

TEST(PasswordRules, RefuseShortLongAndCommonOnes) {
  EXPECT_EQ(check_password_rules("1234567").error().code, "password_too_short");
  EXPECT_EQ(check_password_rules(std::string(257, 'x')).error().code, "password_too_long");
  EXPECT_EQ(check_password_rules("Password123").error().code, "password_too_common");
  EXPECT_EQ(check_password_rules("aaaaaaaaaaaa").error().code, "password_too_common");
  EXPECT_TRUE(check_password_rules("correct horse"));
  EXPECT_TRUE(check_password_rules(std::string(64, 'x') + "y"));
}

TEST_F(PeopleTest, OperatorsAreMadeAndEntriesAreTheOperators) {
  ASSERT_TRUE(people_->put_operator(socket_, origin_, "op@vendor.example", "Op", kGoodPassword));
  const auto entries = store_.outbox("trailkeeper.operator.added");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].org, settings::own_org());
  const auto session = sessions_->sign_in({"op@vendor.example", kGoodPassword}, origin_);
  ASSERT_TRUE(session);
  EXPECT_TRUE(session->person.is_operator);
}

TEST_F(PeopleTest, ADisabledPersonIsOutAtOnce) {
  const auto ann = make_person("acme", "ann@acme.example", Role::admin);
  const auto session = sessions_->sign_in({"ann@acme.example", kGoodPassword}, origin_);
  ASSERT_TRUE(people_->set_disabled(socket_, origin_, ann.id, true));
  EXPECT_FALSE(sessions_->find(session->token));
  EXPECT_EQ(sessions_->sign_in({"ann@acme.example", kGoodPassword}, origin_).error().code,
            "bad_credentials");
  ASSERT_TRUE(people_->set_disabled(socket_, origin_, ann.id, false));
  EXPECT_TRUE(sessions_->sign_in({"ann@acme.example", kGoodPassword}, origin_));
}

}  // namespace
}  // namespace trailkeeper::access
