#include "access/account.h"

#include <gtest/gtest.h>

#include "access/invitations.h"
#include "access/password_resets.h"
#include "access/portal.h"
#include "crypto/otp.h"
#include "settings/org_sign_in.h"
#include "world.h"

namespace trailkeeper::access {
namespace {

// Keeps the last token instead of mailing it.
class KeptLetters final : public Letters {
 public:
  Result<> send(settings::WriteTx&, const InvitationLetter& letter) override {
    token = letter.token;
    return {};
  }
  Result<> send(settings::WriteTx&, const ResetLetter& letter) override {
    token = letter.token;
    ++resets;
    return {};
  }
  std::string token;
  int resets = 0;
};

class AccountTest : public World {
 protected:
  AccountTest() { make_person("acme", kAnn, Role::primary_admin); }

  static inline const std::string kAnn = "ann@acme.example";

  Result<SignedIn> sign_in(const std::string& code = "", const std::string& device = "",
                           const std::string& password = kGoodPassword) {
    return sessions_->sign_in({kAnn, password, code, device}, origin_);
  }
  // The code of an authenticator that has the secret, some steps from now.
  std::string code_now(const std::string& secret_base32, int steps = 0) {
    std::string secret;
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : secret_base32) {
      held = (held << 5) | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
      if ((bits += 5) < 8) continue;
      secret += static_cast<char>(held >> (bits -= 8));
      held &= (1u << bits) - 1;
    }
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
    return crypto::hotp(secret, static_cast<std::uint64_t>(crypto::totp_step(seconds) + steps));
  }
  std::string turn_on(Account& account) {
    const auto session = sign_in();
    const Self self{session->person, session->token, "", origin_};
    const auto begun = account.begin_second_factor(self, kGoodPassword);
    EXPECT_TRUE(begun) << begun.error().message;
    codes_ = account.confirm_second_factor(self, code_now(begun->secret)).value();
    clock_.advance(std::chrono::minutes(2));
    return begun->secret;
  }

  Account make_account() {
    return Account(*store_, passwords_, *sessions_, second_factors_, clock_);
  }

  KeptLetters letters_;
  std::vector<std::string> codes_;
};

TEST_F(AccountTest, NoCodeIsTakenTwice) {
  Account account = make_account();
  const std::string secret = turn_on(account);
  EXPECT_EQ(sign_in().error().code, "second_factor_needed");
  EXPECT_EQ(sign_in("", "", "wrong").error().code, "bad_credentials") << "says nothing of codes";
  const std::string code = code_now(secret);
  const auto session = sign_in(code);
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->person.method, "totp");
  EXPECT_EQ(sign_in(code).error().code, "wrong_code");
  EXPECT_TRUE(sign_in(code_now(secret, 1)));
  EXPECT_EQ(sign_in(code_now(secret, 1)).error().code, "wrong_code");
  EXPECT_EQ(sign_in(codes_[3])->person.method, "recovery_code");
  EXPECT_EQ(sign_in(codes_[3]).error().code, "wrong_code");
  EXPECT_EQ(store_.outbox("trailkeeper.user.second_factor_on").size(), 1u);
}

TEST_F(AccountTest, ASecretOpensInItsOwnRowOnly) {
  Account account = make_account();
  const std::string secret = turn_on(account);
  const Uuid ann = sign_in(codes_[9])->person.id;
  const auto bob = make_person("acme", "bob@acme.example", Role::admin);
  ASSERT_TRUE(store_->write([&](settings::WriteTx& tx) -> Result<> {
    auto factor = *TRY(settings::find_second_factor(tx, ann));
    EXPECT_EQ(factor.secret.find(secret), std::string::npos);
    factor.person = bob.id;
    return settings::put_second_factor(tx, factor);
  }));
  EXPECT_EQ(sessions_->sign_in({"bob@acme.example", kGoodPassword, code_now(secret)}, origin_)
                .error()
                .code,
            "sealed_broken");
}

TEST_F(AccountTest, GuessedCodesWait) {
  Account account = make_account();
  turn_on(account);
  const std::string device = sign_in(codes_[0])->device;
  int wrong = 0;
  while (sign_in("000000").error().code == "wrong_code" && wrong < 100) ++wrong;
  EXPECT_LE(wrong, 10);
  EXPECT_EQ(sign_in(codes_[1]).error().code, "slow_down") << "from anywhere";
  EXPECT_TRUE(sign_in(codes_[1], device)) << "but not for the browser that she uses";
}

TEST_F(AccountTest, WhoNeedsASecondFactorReachesNothingWithoutOne) {
  rules_.second_factor = SecondFactorRule::everyone;
  restart();
  const auto session = sign_in();
  ASSERT_TRUE(session);
  EXPECT_TRUE(session->person.second_factor_missing);
  EXPECT_TRUE(session->person.memberships.empty());
  Account account = make_account();
  const Self self{session->person, session->token, "", origin_};
  const auto begun = account.begin_second_factor(self, kGoodPassword);
  ASSERT_TRUE(account.confirm_second_factor(self, code_now(begun->secret)));
  EXPECT_FALSE(sessions_->find(session->token)->memberships.empty());
  clock_.advance(std::chrono::minutes(1));
  EXPECT_EQ(account.remove_second_factor(self, kGoodPassword, code_now(begun->secret)).error().code,
            "second_factor_required");
}

TEST_F(AccountTest, AGuestHasNoAccountAndManagesNobody) {
  Portal portal(*store_, *orgs_, *sessions_, clock_, {{"https://app.example"}, {}});
  const auto token = portal.make_link(socket_, origin_, {org_id("acme"), "audit_logs", {}, ""});
  ASSERT_TRUE(token);
  clock_.advance(kPortalLinkLives - std::chrono::seconds(1));
  ASSERT_TRUE(portal.look(*token));
  const auto session = portal.open(*token, origin_);
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(portal.open(*token, origin_).error().code, "link_not_valid");
  const Principal guest(session->person);
  EXPECT_TRUE(permissions_->may_read_audit(guest, org_id("acme")));
  EXPECT_EQ(permissions_->may_read_audit(guest, org_id("globex")).error().code, "org_not_found");
  EXPECT_EQ(permissions_->may_manage_people(guest, org_id("acme")).error().code, "guest");
  EXPECT_EQ(make_account().show(session->person).error().code, "guest");
  clock_.advance(kPortalSessionLongest);
  EXPECT_FALSE(sessions_->find(session->token));
}

TEST_F(AccountTest, APortalLinkEndsAfterFiveMinutes) {
  Portal portal(*store_, *orgs_, *sessions_, clock_, {{"https://app.example"}, {}});
  const auto token = portal.make_link(socket_, origin_, {org_id("acme"), "audit_logs", {}, ""});
  clock_.advance(kPortalLinkLives);
  EXPECT_EQ(portal.open(*token, origin_).error().code, "link_not_valid");
}

TEST_F(AccountTest, OnlyListedPlacesAreReturnedTo) {
  Portal portal(*store_, *orgs_, *sessions_, clock_, {{"https://app.example"}, {}});
  const auto returns = [&](const std::string& url) {
    return portal.make_link(socket_, origin_, {org_id("acme"), "audit_logs", {}, url}).has_value();
  };
  EXPECT_TRUE(returns("https://app.example"));
  EXPECT_TRUE(returns("https://app.example/a?b#c"));
  for (const char* url : {"https://app.example.evil.example", "https://app.example@evil.example",
                          "https://evil.example/https://app.example", "http://app.example",
                          "javascript:alert(1)", "https://app.example/\nx"}) {
    EXPECT_FALSE(returns(url)) << url;
  }
}

TEST_F(AccountTest, ResetsAreFewAndTheLastCounts) {
  PasswordResets resets(*store_, passwords_, *sessions_, letters_, clock_);
  ASSERT_TRUE(resets.ask(kAnn, origin_));
  ASSERT_TRUE(resets.step());
  const std::string first = letters_.token;
  ASSERT_TRUE(resets.ask("nobody@acme.example", origin_));
  ASSERT_TRUE(resets.step());
  EXPECT_EQ(letters_.token, first) << "nobody gets no mail";
  for (int i = 0; i < 4; ++i) {
    clock_.advance(std::chrono::minutes(1));
    ASSERT_TRUE(resets.ask(kAnn, {.ip = "192.0.2." + std::to_string(i)}));
    ASSERT_TRUE(resets.step());
  }
  EXPECT_EQ(letters_.resets, kResetMailsAnHour);
  EXPECT_EQ(resets.redeem(first, "another long one", "", "", origin_).error().code,
            "link_not_valid");
  clock_.advance(kResetLives);
  EXPECT_EQ(resets.redeem(letters_.token, "another long one", "", "", origin_).error().code,
            "link_not_valid");
}

TEST_F(AccountTest, AnInvitationIsForOneAddressAndAWeek) {
  Invitations invitations(*store_, *orgs_, passwords_, *sessions_, letters_, clock_);
  const auto made = invitations.create(socket_, origin_, org_id("acme"), {"bob@x.example"});
  ASSERT_TRUE(made);
  const std::string first = letters_.token;
  EXPECT_EQ(invitations.resend(socket_, origin_, org_id("acme"), made->id).error().code,
            "slow_down");
  clock_.advance(std::chrono::minutes(1));
  ASSERT_TRUE(invitations.resend(socket_, origin_, org_id("acme"), made->id));
  EXPECT_EQ(invitations.look(first).error().code, "link_not_valid") << "replaced";
  EXPECT_FALSE(invitations.resend(socket_, origin_, org_id("globex"), made->id));
  clock_.advance(kInvitationLives);
  EXPECT_EQ(invitations.accept({letters_.token, "Bob", kGoodPassword}, origin_).error().code,
            "link_not_valid");
}

TEST_F(AccountTest, AProviderThatIsRequiredShutsPasswordsOut) {
  ASSERT_TRUE(store_->write([&](settings::WriteTx& tx) {
    return settings::put_org_sign_in(tx, {.org = org_id("acme"),
                                          .issuer = "https://login.example",
                                          .client_id = "c",
                                          .required = true});
  }));
  EXPECT_EQ(sign_in().error().code, "sso_required");
  EXPECT_EQ(sign_in("", "", "wrong").error().code, "bad_credentials");
  make_person("globex", kAnn, Role::member);
  const auto session = sign_in();
  ASSERT_TRUE(session);
  EXPECT_FALSE(session->person.role_in(org_id("acme")));
  EXPECT_TRUE(session->person.role_in(org_id("globex")));
}

}  // namespace
}  // namespace trailkeeper::access
