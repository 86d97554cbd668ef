#include "access/permissions.h"

#include <gtest/gtest.h>

#include <functional>

#include "world.h"

namespace trailkeeper::access {
namespace {

class PermissionsTest : public World {
 protected:
  PermissionsTest() { make_org("bare", {.name = "Bare"}); }

  template <typename Answer>
  static std::string told(const Answer& answer) {
    if (answer) return "yes";
    return answer.error().kind == ErrorKind::not_found ? "not_found" : answer.error().code;
  }
  std::string read(const Principal& who, std::string_view org) {
    return told(permissions_->may_read_audit(who, org_id(org)));
  }
  std::string s3(const Principal& who, std::string_view org) {
    return told(permissions_->may_manage_s3(who, org_id(org)));
  }
};

// REQUIREMENTS B2, B12 and promise 7, one line a case.
TEST_F(PermissionsTest, WhoMayReadATrail) {
  EXPECT_EQ(read(someone("acme", Role::primary_admin), "acme"), "yes");
  EXPECT_EQ(read(someone("acme", Role::admin), "acme"), "yes");
  EXPECT_EQ(read(someone("acme", Role::member), "acme"), "role_too_low");
  EXPECT_EQ(read(someone("globex", Role::primary_admin), "acme"), "not_found");
  EXPECT_EQ(read(someone("globex", Role::primary_admin), "nowhere"), "not_found");
  EXPECT_EQ(read(someone("bare", Role::admin), "bare"), "not_enabled");
  EXPECT_EQ(read(someone("bare", Role::member), "bare"), "role_too_low");
  EXPECT_EQ(read(vendor_operator(), "acme"), "role_too_low");
  EXPECT_EQ(read(vendor_operator(), "trailkeeper"), "yes");
  EXPECT_EQ(read(someone("acme", Role::primary_admin), "trailkeeper"), "not_found");
  EXPECT_EQ(read(application(org_id("acme"), {.read = true}), "acme"), "yes");
  EXPECT_EQ(read(application({}, {.read = true}), "acme"), "yes");
  EXPECT_EQ(read(application(org_id("acme"), {.ingest = true, .manage = true}), "acme"),
            "scope_missing");
  EXPECT_EQ(read(application(org_id("globex"), {.read = true}), "acme"), "not_found");
  EXPECT_EQ(read(application({}, {.read = true}), "bare"), "not_enabled");
  EXPECT_EQ(read(socket_, "bare"), "yes");
  EXPECT_EQ(read(socket_, "nowhere"), "not_found");
}

// REQUIREMENTS B4: the window holds for people, not for keys.
TEST_F(PermissionsTest, PeopleSeeTheViewingWindowOnly) {
  const auto person = permissions_->may_read_audit(someone("acme", Role::admin), org_id("acme"));
  EXPECT_EQ(person->visible_from, at("2026-10-23T12:00:00Z"));
  const auto key = permissions_->may_read_audit(application({}, {.read = true}), org_id("acme"));
  EXPECT_FALSE(key->visible_from);
  make_org("acme", {.viewing_window_days = 1});
  const auto narrowed = permissions_->may_read_audit(someone("acme", Role::admin), org_id("acme"));
  EXPECT_EQ(narrowed->visible_from, at("2026-11-21T12:00:00Z"));
}

// REQUIREMENTS C1, C2.
TEST_F(PermissionsTest, WhoMayManageTheS3Integration) {
  EXPECT_EQ(s3(someone("acme", Role::primary_admin), "acme"), "yes");
  EXPECT_EQ(s3(someone("acme", Role::admin), "acme"), "yes");
  EXPECT_EQ(s3(someone("acme", Role::member), "acme"), "role_too_low");
  EXPECT_EQ(s3(someone("globex", Role::admin), "acme"), "not_found");
  EXPECT_EQ(s3(someone("bare", Role::admin), "bare"), "not_enabled");
  EXPECT_EQ(s3(application({}, {.manage = true}), "acme"), "yes");
  EXPECT_EQ(s3(application({}, {.read = true}), "acme"), "scope_missing");
}

TEST_F(PermissionsTest, WhoMaySendEvents) {
  const auto ingest = [&](const Principal& who, std::string_view org) {
    return told(permissions_->may_ingest(who, org_id(org)));
  };
  EXPECT_EQ(ingest(application(org_id("acme"), {.ingest = true}), "acme"), "yes");
  EXPECT_EQ(ingest(application({}, {.ingest = true}), "bare"), "yes");
  EXPECT_EQ(ingest(application(org_id("globex"), {.ingest = true}), "acme"), "not_found");
  EXPECT_EQ(ingest(application({}, {.ingest = true}), "nowhere"), "not_found");
  EXPECT_EQ(ingest(application({}, {.ingest = true}), "trailkeeper"), "not_found");
  EXPECT_EQ(ingest(application({}, {.read = true, .manage = true}), "acme"), "scope_missing");
  EXPECT_EQ(ingest(someone("acme", Role::primary_admin), "acme"), "key_needed");
}

TEST_F(PermissionsTest, WhoMayChangeOrgsPeopleAndKeys) {
  const auto put_org = [&](const Principal& who, std::string_view org) {
    return told(permissions_->may_put_org(who, org_id(org)));
  };
  EXPECT_EQ(put_org(socket_, "fresh"), "yes");
  EXPECT_EQ(put_org(vendor_operator(), "fresh"), "yes");
  EXPECT_EQ(put_org(application({}, {.manage = true}), "fresh"), "yes");
  EXPECT_EQ(put_org(application({}, {.ingest = true, .read = true}), "fresh"), "scope_missing");
  EXPECT_EQ(put_org(application(org_id("acme"), {.manage = true}), "acme"), "scope_missing");
  EXPECT_EQ(put_org(application(org_id("acme"), {.manage = true}), "globex"), "not_found");
  EXPECT_EQ(put_org(someone("acme", Role::primary_admin), "acme"), "operators_only");
  EXPECT_EQ(put_org(someone("acme", Role::primary_admin), "globex"), "not_found");

  const auto people = [&](const Principal& who, Role role) {
    return told(permissions_->may_give_role(who, org_id("acme"), role));
  };
  EXPECT_EQ(people(someone("acme", Role::admin), Role::admin), "yes");
  EXPECT_EQ(people(someone("acme", Role::admin), Role::primary_admin), "role_too_low");
  EXPECT_EQ(people(someone("acme", Role::primary_admin), Role::primary_admin), "yes");
  EXPECT_EQ(people(someone("acme", Role::member), Role::member), "role_too_low");
  EXPECT_EQ(people(someone("globex", Role::admin), Role::member), "not_found");
  EXPECT_EQ(people(vendor_operator(), Role::primary_admin), "yes");

  const auto keys = [&](const Principal& who, std::optional<OrgId> org) {
    return told(permissions_->may_manage_keys(who, org));
  };
  EXPECT_EQ(keys(vendor_operator(), {}), "yes");
  EXPECT_EQ(keys(application(org_id("acme"), {.manage = true}), org_id("acme")), "yes");
  EXPECT_EQ(keys(application(org_id("acme"), {.manage = true}), org_id("globex")), "not_found");
  EXPECT_EQ(keys(application(org_id("acme"), {.manage = true}), {}), "scope_missing");
  EXPECT_EQ(keys(someone("acme", Role::primary_admin), org_id("acme")), "operators_only");

  EXPECT_EQ(told(permissions_->may_operate(application({}, {.manage = true}))), "operators_only");
  EXPECT_EQ(told(permissions_->may_operate(vendor_operator())), "yes");
  EXPECT_EQ(told(permissions_->may_list_orgs(someone("acme", Role::admin))), "operators_only");
  EXPECT_EQ(told(permissions_->may_list_orgs(application(org_id("acme"), {.manage = true}))),
            "scope_missing");
}

}  // namespace
}  // namespace trailkeeper::access
