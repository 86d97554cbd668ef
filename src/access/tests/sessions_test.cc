#include "access/sessions.h"

#include <gtest/gtest.h>

#include "world.h"

namespace trailkeeper::access {
namespace {

class SessionsTest : public World {
 protected:
  SessionsTest() { make_person("acme", "ann@acme.example", Role::admin); }
  Result<SignedIn> sign_in(const std::string& password = kGoodPassword) {
    return sessions_->sign_in({"ann@acme.example", password}, origin_);
  }
};

TEST_F(SessionsTest, ARightPasswordOpensASession) {
  const auto session = sign_in();
  ASSERT_TRUE(session);
  EXPECT_EQ(session->token.size(), 43u);
  EXPECT_EQ(session->person.email, "ann@acme.example");
  EXPECT_EQ(session->person.expires_at, clock_.now() + kSessionIdle);
  restart();
  const auto found = sessions_->find(session->token);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, session->person.id);
  EXPECT_EQ(found->role_in(org_id("acme")), Role::admin);
  EXPECT_FALSE(found->role_in(org_id("globex")));
  EXPECT_EQ(found->csrf_token, session->person.csrf_token);
}

TEST_F(SessionsTest, AnythingElseDoesNot) {
  EXPECT_EQ(sign_in("wrong").error().code, "bad_credentials");
  EXPECT_EQ(sign_in("").error().code, "bad_credentials");
  EXPECT_EQ(sign_in(std::string(100'000, 'x')).error().code, "bad_credentials");
  EXPECT_EQ(sessions_->sign_in({"nobody@acme.example", kGoodPassword}, origin_).error().code,
            "bad_credentials");
  EXPECT_EQ(sessions_->sign_in({"' OR 1=1 --", kGoodPassword}, origin_).error().code,
            "bad_credentials");
  for (const std::string token : {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    EXPECT_EQ(sessions_->find(token).error().code, "no_session");
  }
}

TEST_F(SessionsTest, APersonWithoutAPasswordCannotSignIn) {
  ASSERT_TRUE(
      people_->put_member(socket_, origin_, org_id("acme"), {.email = "b@c.d", .name = "B"}));
  EXPECT_EQ(sessions_->sign_in({"b@c.d", ""}, origin_).error().code, "bad_credentials");
  EXPECT_EQ(sessions_->sign_in({"b@c.d", "too long"}, origin_).error().code, "bad_credentials");
}

TEST_F(SessionsTest, AnIdleSessionEnds) {
  const auto session = sign_in();
  for (int i = 0; i < 4; ++i) {
    clock_.advance(std::chrono::minutes(29));
    ASSERT_TRUE(sessions_->find(session->token)) << i;
  }
  clock_.advance(kSessionIdle);
  EXPECT_EQ(sessions_->find(session->token).error().code, "no_session");
}

TEST_F(SessionsTest, ABusySessionEndsAfterTwelveHours) {
  const auto session = sign_in();
  const Timestamp end = clock_.now() + kSessionLongest;
  while (clock_.now() + std::chrono::minutes(20) < end) {
    clock_.advance(std::chrono::minutes(20));
    const auto found = sessions_->find(session->token);
    ASSERT_TRUE(found);
    EXPECT_LE(found->expires_at, end);
  }
  clock_.set(end);
  EXPECT_FALSE(sessions_->find(session->token));
  ASSERT_TRUE(sessions_->forget_ended());
}

TEST_F(SessionsTest, SigningOutEndsThisSessionOnly) {
  const auto one = sign_in();
  const auto other = sign_in();
  EXPECT_NE(one->token, other->token);
  ASSERT_TRUE(sessions_->sign_out(one->token, origin_));
  EXPECT_FALSE(sessions_->find(one->token));
  EXPECT_TRUE(sessions_->find(other->token));
  ASSERT_TRUE(sessions_->sign_out(one->token, origin_));
  EXPECT_EQ(store_.outbox("trailkeeper.user.signed_out").size(), 1u);
}

TEST_F(SessionsTest, TheCsrfTokenBelongsToTheSession) {
  const auto one = sign_in();
  const auto other = sign_in();
  EXPECT_TRUE(Sessions::csrf_matches(one->person, one->person.csrf_token));
  EXPECT_FALSE(Sessions::csrf_matches(one->person, other->person.csrf_token));
  EXPECT_FALSE(Sessions::csrf_matches(one->person, ""));
  EXPECT_FALSE(Sessions::csrf_matches(SessionPerson{.id = one->person.id}, ""));
  EXPECT_NE(one->person.csrf_token, one->token);
}

// REQUIREMENTS A1 and A9.
TEST_F(SessionsTest, SignInsGoIntoTheTrailOfEachOrgOfThePerson) {
  ASSERT_TRUE(people_->put_member(socket_, origin_, org_id("globex"),
                                  {.email = "ann@acme.example", .name = "A"}));
  (void)sign_in();
  (void)sign_in("wrong");
  const auto signed_in = store_.outbox("trailkeeper.user.signed_in");
  ASSERT_EQ(signed_in.size(), 2u);
  EXPECT_EQ(signed_in[0].org, org_id("acme"));
  EXPECT_EQ(signed_in[1].org, org_id("globex"));
  EXPECT_NE(signed_in[0].event.find(R"("role":"admin")"), std::string::npos);
  EXPECT_NE(signed_in[1].event.find(R"("role":"member")"), std::string::npos);
  const auto failed = store_.outbox("trailkeeper.user.sign_in_failed");
  ASSERT_EQ(failed.size(), 2u);
  EXPECT_NE(failed[0].event.find(R"("outcome":"failure","http_status":401)"), std::string::npos);
  EXPECT_NE(failed[0].event.find("ann@acme.example"), std::string::npos);
}

TEST_F(SessionsTest, AnUnknownEmailGoesNowhereNearATenant) {
  (void)sessions_->sign_in({"nobody@acme.example", "guess"}, origin_);
  const auto failed = store_.outbox("trailkeeper.user.sign_in_failed");
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].org, settings::own_org());
  EXPECT_EQ(failed[0].event.find("guess"), std::string::npos);
}

TEST_F(SessionsTest, GuessingSlowsDownEvenForTheRightPassword) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("wrong").error().code, "bad_credentials");
  const auto limited = sign_in();
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().kind, ErrorKind::limited);
  EXPECT_EQ(limited.error().retry_after, std::chrono::seconds(1));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_TRUE(sign_in());
}

}  // namespace
}  // namespace trailkeeper::access
