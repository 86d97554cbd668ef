#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "access/keys.h"
#include "access/orgs.h"
#include "access/people.h"
#include "access/permissions.h"
#include "access/sessions.h"
#include "testing/temp_store.h"

namespace trailkeeper::access {

using settings::at;
using settings::org_id;
using settings::Role;

inline const std::string kGoodPassword = "correct horse battery staple";

// The whole module on real settings in a temporary folder, with organizations `acme` and `globex`.
class World : public ::testing::Test {
 protected:
  World() {
    open();
    make_org("acme", {.name = "Acme", .audit_logs = true, .s3 = true});
    make_org("globex", {.name = "Globex", .audit_logs = true, .s3 = true});
  }

  // As after a restart.
  void restart() {
    store_.reopen();
    open();
  }

  void make_org(std::string_view id, const OrgChange& change) {
    const auto put = orgs_->put(socket_, origin_, org_id(id), change);
    ASSERT_TRUE(put) << put.error().message;
  }

  settings::Person make_person(std::string_view org, const std::string& email, Role role) {
    auto put = people_->put_member(
        socket_, origin_, org_id(org),
        {.email = email, .name = "Person", .role = role, .password = kGoodPassword});
    EXPECT_TRUE(put) << put.error().message;
    return put->member.person;
  }

  Principal signed_in(const std::string& email) {
    auto session = sessions_->sign_in({email, kGoodPassword}, origin_);
    EXPECT_TRUE(session) << session.error().message;
    return Principal(session->person);
  }

  // Someone with that role, as the permissions see them.
  static Principal someone(std::string_view org, Role role) {
    return SessionPerson{.id = Uuid::v7(from_micros(1)),
                         .memberships = {{.org = org_id(org), .role = role}}};
  }
  static Principal vendor_operator() {
    return SessionPerson{.id = Uuid::v7(from_micros(2)), .is_operator = true};
  }
  static Principal application(std::optional<OrgId> org, settings::Scopes scopes) {
    return ApplicationKey{
        .id = Uuid::v7(from_micros(3)), .application = "shop", .org = org, .scopes = scopes};
  }

  void open() {
    keys_.reset();
    people_.reset();
    sessions_.reset();
    auto orgs = Orgs::open(*store_, clock_);
    ASSERT_TRUE(orgs) << orgs.error().message;
    orgs_ = std::move(orgs).value();
    keys_ = std::make_unique<Keys>(*store_, *orgs_, clock_);
    people_ = std::make_unique<People>(*store_, *orgs_, passwords_, clock_);
    sessions_ = std::make_unique<Sessions>(*store_, passwords_, second_factors_, clock_, rules_);
    permissions_ = std::make_unique<Permissions>(*orgs_, clock_);
  }

  settings::TempStore store_;
  ManualClock clock_{at("2026-11-22T12:00:00Z")};
  Passwords passwords_;
  const crypto::Sealer sealer_ = *crypto::Sealer::from_key(std::string(32, 'k'));
  // Authenticators follow the wall clock; here both are one.
  const SecondFactors second_factors_{sealer_, clock_};
  Sessions::Options rules_;
  const Principal socket_{SocketOperator{}};
  const settings::Origin origin_{.ip = "192.0.2.1", .user_agent = "test", .request_id = "r1"};
  std::unique_ptr<Orgs> orgs_;
  std::unique_ptr<Keys> keys_;
  std::unique_ptr<People> people_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Permissions> permissions_;
};

}  // namespace trailkeeper::access
