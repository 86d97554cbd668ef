#include <gtest/gtest.h>

#include <map>

#include "settings/keys.h"
#include "settings/mails.h"
#include "settings/orgs.h"
#include "settings/people.h"
#include "settings/second_factors.h"
#include "settings/sessions.h"
#include "testing/temp_store.h"

namespace trailkeeper::settings {
namespace {

Sha256Digest digest(std::uint8_t byte) {
  Sha256Digest out{};
  out.fill(byte);
  return out;
}

Person person(std::string_view email, std::int64_t micros = 1'700'000'000'000'000) {
  return {.id = Uuid::v7(from_micros(micros)),
          .email = std::string(email),
          .name = "N",
          .password_hash = "h"};
}

TEST(Orgs, AreListedByIdWithATextThatIsNoPattern) {
  TempStore store;
  for (const std::string id : {"beta", "acme", "a_c"})
    store.add_org({.id = org_id(id), .name = id + " 100%"});
  const auto list = [&](std::string_view text, std::string_view after, std::size_t limit) {
    std::string ids;
    const auto orgs = store->read([&](ReadTx& tx) { return list_orgs(tx, text, after, limit); });
    for (const Org& org : *orgs) ids += org.id.str() + " ";
    return ids;
  };
  EXPECT_EQ(list("", "", 10), "a_c acme beta ");
  EXPECT_EQ(list("", "a_c", 1), "acme ");
  EXPECT_EQ(list("a_c", "", 10), "a_c ");
  EXPECT_EQ(list("BETA", "", 10), "beta ");
  EXPECT_EQ(list("100%", "", 10), "a_c acme beta ");
  EXPECT_EQ(list("1%0", "", 10), "");
}

struct Flags {
  bool is_operator = false;
  bool disabled = false;
};

class AllPeople : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const std::string id : {"acme", "beta"}) store_.add_org({.id = org_id(id), .name = id});
    add("ann", {{org_id("acme"), Role::primary_admin}, {org_id("beta"), Role::member}}, 50);
    add("bob", {{org_id("acme"), Role::member}}, 20, {.disabled = true});
    add("cid", {{org_id("beta"), Role::admin}}, {});
    add("op", {}, 90, {.is_operator = true});
    // Begun and not confirmed is none.
    factor("ann", true);
    factor("bob", false);
  }

  void add(const std::string& name, const std::vector<Membership>& memberships,
           std::optional<std::int64_t> signed_in, Flags flags = {}) {
    Person one = person(name + "@x.example", 1'700'000'000'000'000 + 1000 * ++count_);
    one.name = name;
    one.is_operator = flags.is_operator;
    one.disabled = flags.disabled;
    ids_[name] = one.id;
    ASSERT_TRUE(store_->write([&](WriteTx& tx) -> Result<> {
      TRY(add_person(tx, one));
      for (const Membership& membership : memberships) TRY(put_membership(tx, one.id, membership));
      if (signed_in) TRY(note_sign_in(tx, one.id, {}, from_micros(*signed_in)));
      return {};
    }));
  }

  void factor(const std::string& name, bool confirmed) {
    SecondFactor one{.person = ids_.at(name), .secret = "s", .begun_at = from_micros(1)};
    if (confirmed) one.confirmed_at = from_micros(2);
    ASSERT_TRUE(store_->write([&](WriteTx& tx) { return put_second_factor(tx, one); }));
  }

  std::string list(const PeopleFilter& filter, std::optional<Uuid> after = {},
                   std::size_t limit = 10) {
    std::string names;
    const auto all =
        store_->read([&](ReadTx& tx) { return list_people(tx, filter, after, limit); });
    for (const Person& one : *all) names += one.name + " ";
    return names;
  }

  TempStore store_;
  int count_ = 0;
  std::map<std::string, Uuid> ids_;
};

TEST_F(AllPeople, AreListedByIdPageByPage) {
  EXPECT_EQ(list({}), "ann bob cid op ");
  EXPECT_EQ(list({}, ids_.at("ann"), 2), "bob cid ");
  EXPECT_EQ(list({.text = "B@X"}), "bob ");
  EXPECT_EQ(list({.operators_only = true}), "op ");
}

TEST_F(AllPeople, AreNarrowedByOrgRoleStateFactorAndSignIn) {
  EXPECT_EQ(list({.org = org_id("acme")}), "ann bob ");
  EXPECT_EQ(list({.role = Role::member}), "ann bob ");
  // The role is the one of that org.
  EXPECT_EQ(list({.org = org_id("beta"), .role = Role::member}), "ann ");
  EXPECT_EQ(list({.org = org_id("beta"), .role = Role::primary_admin}), "");
  EXPECT_EQ(list({.disabled = true}), "bob ");
  EXPECT_EQ(list({.disabled = false}), "ann cid op ");
  EXPECT_EQ(list({.second_factor = true}), "ann ");
  EXPECT_EQ(list({.second_factor = false}), "bob cid op ");
  EXPECT_EQ(list({.not_since = from_micros(50)}), "bob cid ");
  EXPECT_EQ(list({.not_since = from_micros(0)}), "cid ");
  EXPECT_EQ(list({.text = "x.example", .org = org_id("acme"), .disabled = false}), "ann ");
}

TEST(People, AreFoundByEmailInAnyCaseAndNormalForm) {
  TempStore store;
  const Person zoe = person("Zo\u00EB@Acme.Example");
  ASSERT_TRUE(store->write([&](WriteTx& tx) { return add_person(tx, zoe); }));
  for (const std::string email :
       {"zo\u00EB@acme.example", "ZO\u00CB@ACME.EXAMPLE", "zoe\u0308@acme.example"}) {
    const auto found = store->read([&](ReadTx& tx) { return find_person_by_email(tx, email); });
    ASSERT_TRUE(found && *found) << email;
    EXPECT_EQ((*found)->id, zoe.id);
    EXPECT_EQ((*found)->email, "Zo\u00EB@Acme.Example");
  }
  const auto twice =
      store->write([&](WriteTx& tx) { return add_person(tx, person("zoe\u0308@ACME.example")); });
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().kind, ErrorKind::conflict);
}

TEST(People, AnAddressThatMailCannotGoToIsRefused) {
  for (const std::string bad :
       {"", "a", "@a.b", "a@", "a@b@c", "a b@c.d", "a\n@c.d", "a@c.d\r\nBcc: x@y.z", "<a@b.c>",
        "a\xFF@b.c", "a\u202E@b.c", "a@b.c,d"}) {
    EXPECT_FALSE(fold_email(bad)) << bad;
  }
  EXPECT_FALSE(fold_email(std::string(250, 'a') + "@b.cd"));
  EXPECT_EQ(*fold_email("Ann+x'y@Example.COM"), "ann+x'y@example.com");
}

TEST(People, BelongToSeveralOrgsWithARoleEach) {
  TempStore store;
  store.add_org({.id = org_id("a"), .name = "A"});
  store.add_org({.id = org_id("b"), .name = "B"});
  const Person ann = person("ann@x.y", 1'700'000'000'000'000);
  const Person bob = person("bob@x.y", 1'700'000'001'000'000);
  const auto done = store->write([&](WriteTx& tx) -> Result<> {
    TRY(add_person(tx, ann));
    TRY(add_person(tx, bob));
    TRY(put_membership(tx, ann.id, {.org = org_id("b"), .role = Role::member}));
    TRY(put_membership(tx, ann.id, {.org = org_id("a"), .role = Role::admin}));
    TRY(put_membership(tx, ann.id, {.org = org_id("b"), .role = Role::primary_admin}));
    return put_membership(tx, bob.id, {.org = org_id("b"), .role = Role::member});
  });
  ASSERT_TRUE(done);
  const auto of_ann = store->read([&](ReadTx& tx) { return memberships_of(tx, ann.id); });
  EXPECT_EQ(*of_ann, (std::vector<Membership>{{org_id("a"), Role::admin},
                                              {org_id("b"), Role::primary_admin}}));
  const auto in_b =
      store->read([&](ReadTx& tx) { return list_members(tx, org_id("b"), ann.id, 10); });
  ASSERT_EQ(in_b->size(), 1u);
  EXPECT_EQ(in_b->front().person.email, "bob@x.y");
  const auto unknown = store->write(
      [&](WriteTx& tx) { return put_membership(tx, ann.id, {.org = org_id("nowhere")}); });
  EXPECT_FALSE(unknown);
}

TEST(People, SignInToOneOrgOrToAllOfTheirs) {
  TempStore store;
  store.add_org({.id = org_id("a"), .name = "A"});
  store.add_org({.id = org_id("b"), .name = "B"});
  const Person ann = person("ann@x.y");
  const auto sign_in = [&](std::optional<OrgId> only_org, std::int64_t at) {
    EXPECT_TRUE(store->write(
        [&](WriteTx& tx) { return note_sign_in(tx, ann.id, only_org, from_micros(at)); }));
  };
  const auto last_in = [&](const char* org) {
    const auto there =
        store->read([&](ReadTx& tx) { return list_members(tx, org_id(org), {}, 10); });
    return there->front().last_sign_in_at;
  };
  ASSERT_TRUE(store->write([&](WriteTx& tx) -> Result<> {
    TRY(add_person(tx, ann));
    TRY(put_membership(tx, ann.id, {.org = org_id("a")}));
    return put_membership(tx, ann.id, {.org = org_id("b")});
  }));
  sign_in(org_id("b"), 5);
  EXPECT_EQ(last_in("a"), std::nullopt);
  EXPECT_EQ(last_in("b"), from_micros(5));
  sign_in({}, 7);
  EXPECT_EQ(last_in("a"), from_micros(7));
  EXPECT_EQ(last_in("b"), from_micros(7));
  const auto found = store->read([&](ReadTx& tx) { return find_person(tx, ann.id); });
  EXPECT_EQ((*found)->last_sign_in_at, from_micros(7));
}

TEST(Sessions, EndIdleOrOldOrWithThePerson) {
  TempStore store;
  const Person ann = person("ann@x.y");
  const auto session = [&](std::uint8_t byte, std::int64_t seen, std::int64_t expires) {
    return Session{.token_hash = digest(byte),
                   .id = Uuid::v7(from_micros(1)),
                   .person = ann.id,
                   .last_seen_at = from_micros(seen),
                   .expires_at = from_micros(expires)};
  };
  const auto there = [&](std::uint8_t byte) {
    return store->read([&](ReadTx& tx) { return find_session(tx, digest(byte)); })->has_value();
  };
  ASSERT_TRUE(store->write([&](WriteTx& tx) -> Result<> {
    TRY(add_person(tx, ann));
    TRY(add_session(tx, session(1, 100, 1000)));
    TRY(add_session(tx, session(2, 50, 1000)));
    TRY(add_session(tx, session(3, 100, 500)));
    TRY(touch_session(tx, digest(1), from_micros(120)));
    TRY(touch_session(tx, digest(1), from_micros(90)));
    return remove_ended_sessions(tx, from_micros(500), from_micros(60));
  }));
  EXPECT_TRUE(there(1));
  EXPECT_FALSE(there(2));
  EXPECT_FALSE(there(3));
  const auto kept = store->read([&](ReadTx& tx) { return find_session(tx, digest(1)); });
  EXPECT_EQ((*kept)->last_seen_at, from_micros(120));
  ASSERT_TRUE(store->write([&](WriteTx& tx) { return remove_sessions_of(tx, ann.id); }));
  EXPECT_FALSE(there(1));
  EXPECT_FALSE(*store->write([&](WriteTx& tx) { return remove_session(tx, digest(1)); }));
}

TEST(Keys, AreFoundByHashAndStayAfterRevoking) {
  TempStore store;
  store.add_org({.id = org_id("a"), .name = "A"});
  const Key all{.id = Uuid::v7(from_micros(1'000'000)),
                .hash = digest(1),
                .hint = "tk_abc",
                .application = "shop",
                .scopes = {.ingest = true},
                .created_at = from_micros(5)};
  const Key one{.id = Uuid::v7(from_micros(2'000'000)),
                .hash = digest(2),
                .hint = "tk_def",
                .application = "crm",
                .org = org_id("a"),
                .scopes = {.read = true, .manage = true},
                .expires_at = from_micros(9)};
  ASSERT_TRUE(store->write([&](WriteTx& tx) -> Result<> {
    TRY(add_key(tx, all));
    TRY(add_key(tx, one));
    TRY(revoke_key(tx, all.id, from_micros(6)));
    TRY(revoke_key(tx, all.id, from_micros(7)));
    return set_key_used(tx, one.id, from_micros(8));
  }));
  const auto first = store->read([&](ReadTx& tx) { return find_key_by_hash(tx, digest(1)); });
  ASSERT_TRUE(*first);
  EXPECT_EQ((*first)->revoked_at, from_micros(6));
  EXPECT_FALSE((*first)->org);
  const auto of_a =
      store->read([&](ReadTx& tx) { return list_keys(tx, {.org = org_id("a")}, {}, 10); });
  ASSERT_EQ(of_a->size(), 1u);
  EXPECT_EQ(of_a->front().scopes, (Scopes{.read = true, .manage = true}));
  EXPECT_EQ(of_a->front().last_used_at, from_micros(8));
  EXPECT_EQ(store->read([&](ReadTx& tx) { return list_keys(tx, {}, all.id, 10); })->size(), 1u);
  const auto listed = [&](const KeyFilter& filter) {
    return store->read([&](ReadTx& tx) { return list_keys(tx, filter, {}, 10); })->size();
  };
  EXPECT_EQ(listed({.application = "crm"}), 1u);
  EXPECT_EQ(listed({.application = "CRM"}), 0u);
  EXPECT_EQ(listed({.valid_at = from_micros(8)}), 1u);
  EXPECT_EQ(listed({.valid_at = from_micros(9)}), 0u);
}

TEST(Keys, WhatMayChangeIsChangedAndNothingElse) {
  TempStore store;
  Key key{.id = Uuid::v7(from_micros(1'000'000)),
          .hash = digest(1),
          .hint = "tk_abc",
          .application = "shop",
          .scopes = {.ingest = true},
          .created_at = from_micros(5)};
  ASSERT_TRUE(store->write([&](WriteTx& tx) { return add_key(tx, key); }));
  key.name = "till";
  key.otlp_mapping = R"({"action":"event.name"})";
  key.limits = {.events_per_second = 10, .burst_seconds = 3};
  key.expires_at = from_micros(77);
  key.replaced_by = Uuid::v7(from_micros(2'000'000));
  Key sent = key;
  sent.application = "other";
  sent.scopes.manage = true;
  ASSERT_TRUE(store->write([&](WriteTx& tx) { return update_key(tx, sent); }));
  const auto kept = *store->read([&](ReadTx& tx) { return find_key(tx, key.id); });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->name, "till");
  EXPECT_EQ(kept->otlp_mapping, key.otlp_mapping);
  EXPECT_EQ(kept->limits, key.limits);
  EXPECT_EQ(kept->expires_at, key.expires_at);
  EXPECT_EQ(kept->replaced_by, key.replaced_by);
  EXPECT_EQ(kept->application, "shop");
  EXPECT_FALSE(kept->scopes.manage);
}

TEST(Mails, TheOneDueFirstComesFirst) {
  TempStore store;
  const auto add = [&](std::string_view to, std::int64_t due) {
    WaitingMail mail{
        .message_id = std::string(to), .to = std::string(to), .next_attempt_at = from_micros(due)};
    return store->write([&](WriteTx& tx) { return add_mail(tx, mail); });
  };
  ASSERT_TRUE(add("late", 30) && add("soon", 10));
  const auto next = [&](std::int64_t now) {
    return *store->read([&](ReadTx& tx) { return next_due_mail(tx, from_micros(now)); });
  };
  EXPECT_FALSE(next(9));
  auto mail = next(50);
  EXPECT_EQ(mail->to, "soon");
  ASSERT_TRUE(
      store->write([&](WriteTx& tx) { return postpone_mail(tx, mail->id, 1, from_micros(90)); }));
  mail = next(50);
  EXPECT_EQ(mail->to, "late");
  ASSERT_TRUE(store->write([&](WriteTx& tx) { return remove_mail(tx, mail->id); }));
  store.reopen();
  EXPECT_FALSE(next(50));
  EXPECT_EQ(next(90)->attempts, 1);
}

}  // namespace
}  // namespace trailkeeper::settings
