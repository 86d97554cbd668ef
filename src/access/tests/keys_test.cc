#include "access/keys.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <vector>

#include "world.h"

namespace trailkeeper::access {
namespace {

using Keys_ = World;

NewKey ingest_key(std::optional<OrgId> org) {
  return {.org = std::move(org), .application = "shop", .scopes = {.ingest = true}};
}

TEST(KeyText, HasThePublishedForm) {
  const std::string key = make_key_text();
  EXPECT_EQ(key.size(), 39u);
  EXPECT_EQ(key.substr(0, 3), "tk_");
  EXPECT_TRUE(looks_like_key(key));
  EXPECT_NE(key, make_key_text());
}

// CRC-32 of thirty zeros is 0x77E5DB82 by zlib, in base62 2C8GjS.
TEST(KeyText, TheChecksumIsTheCrcOfTheRandomPart) {
  EXPECT_TRUE(looks_like_key("tk_" + std::string(30, '0') + "2C8GjS"));
}

TEST(KeyText, AnythingElseIsRefused) {
  const std::string key = make_key_text();
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string damaged = key;
    damaged[i] = damaged[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(looks_like_key(damaged)) << i;
  }
  for (const std::string& other :
       {std::string(), std::string("tk_"), key + "0", key.substr(1), key.substr(0, 38)}) {
    EXPECT_FALSE(looks_like_key(other));
  }
  std::mt19937 random(1);
  const std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  int hits = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text = "tk_";
    while (text.size() < 39) text += digits[random() % digits.size()];
    hits += looks_like_key(text) ? 1 : 0;
  }
  EXPECT_EQ(hits, 0);
}

TEST_F(Keys_, ANewKeyOpensWhatItWasMadeFor) {
  const auto created = keys_->create(socket_, origin_, ingest_key(org_id("acme")));
  ASSERT_TRUE(created) << created.error().message;
  for (int round = 0; round < 2; ++round) {
    const auto verified = keys_->verify(created->text);
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->id, created->key.id);
    EXPECT_EQ(verified->org, org_id("acme"));
    EXPECT_EQ(verified->application, "shop");
    EXPECT_EQ(verified->scopes, (settings::Scopes{.ingest = true}));
    restart();
  }
}

TEST_F(Keys_, TheTextIsKeptNowhere) {
  const auto created = keys_->create(socket_, origin_, ingest_key({}));
  const std::string secret = created->text.substr(8);
  for (const auto& entry : store_.outbox()) EXPECT_EQ(entry.event.find(secret), std::string::npos);
  const auto listed = keys_->list({}, {}, 10);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_EQ(listed->front().hint, created->text.substr(0, 8));
}

TEST_F(Keys_, RevokingTakesEffectAtOnce) {
  const auto created = keys_->create(socket_, origin_, ingest_key({}));
  ASSERT_TRUE(keys_->verify(created->text));
  ASSERT_TRUE(keys_->revoke(socket_, origin_, created->key.id));
  EXPECT_EQ(keys_->verify(created->text).error().code, "bad_key");
  ASSERT_TRUE(keys_->revoke(socket_, origin_, created->key.id));
  EXPECT_EQ(store_.outbox("trailkeeper.key.revoked").size(), 1u);
  restart();
  EXPECT_EQ(keys_->verify(created->text).error().kind, ErrorKind::unauthenticated);
  EXPECT_EQ(keys_->revoke(socket_, origin_, Uuid::v7(from_micros(1))).error().kind,
            ErrorKind::not_found);
}

// A look-up that began before the revocation must not put the key back into the memory.
TEST_F(Keys_, ARevokedKeyStaysRevokedUnderLoad) {
  for (int round = 0; round < 20; ++round) {
    const auto created = keys_->create(socket_, origin_, ingest_key({}));
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        while (!stop) (void)keys_->verify(created->text);
      });
    }
    ASSERT_TRUE(keys_->revoke(socket_, origin_, created->key.id));
    EXPECT_FALSE(keys_->verify(created->text));
    stop = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_FALSE(keys_->verify(created->text));
  }
}

TEST_F(Keys_, ExpireByTheBusinessClock) {
  NewKey request = ingest_key({});
  request.expires_at = clock_.now() + std::chrono::hours(1);
  const auto created = keys_->create(socket_, origin_, request);
  ASSERT_TRUE(keys_->verify(created->text));
  clock_.advance(std::chrono::hours(1));
  EXPECT_FALSE(keys_->verify(created->text));
}

TEST_F(Keys_, LastUseIsWrittenDown) {
  const auto created = keys_->create(socket_, origin_, ingest_key({}));
  EXPECT_FALSE(keys_->find(created->key.id)->last_used_at);
  clock_.advance(std::chrono::minutes(3));
  ASSERT_TRUE(keys_->verify(created->text));
  ASSERT_TRUE(keys_->note_use());
  EXPECT_EQ(keys_->find(created->key.id)->last_used_at, clock_.now());
}

TEST_F(Keys_, BadRequestsNameEveryFieldAndMakeNothing) {
  const auto refused =
      keys_->create(socket_, origin_, {.application = "", .expires_at = clock_.now()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  ASSERT_EQ(refused.error().fields.size(), 3u);
  EXPECT_EQ(refused.error().fields[0].pointer, "/application");
  EXPECT_EQ(refused.error().fields[1].pointer, "/scopes");
  EXPECT_EQ(refused.error().fields[2].pointer, "/expires_at");
  EXPECT_EQ(keys_->create(socket_, origin_, ingest_key(org_id("nobody"))).error().kind,
            ErrorKind::not_found);
  EXPECT_EQ(keys_->create(socket_, origin_, ingest_key(settings::own_org())).error().kind,
            ErrorKind::not_found);
  EXPECT_TRUE(keys_->list({}, {}, 10)->empty());
}

// REQUIREMENTS A9: in the org it concerns.
TEST_F(Keys_, EntriesGoIntoTheTrailTheyConcern) {
  ASSERT_TRUE(keys_->create(socket_, origin_, ingest_key(org_id("acme"))));
  ASSERT_TRUE(keys_->create(socket_, origin_, ingest_key({})));
  const auto entries = store_.outbox("trailkeeper.key.created");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].org, org_id("acme"));
  EXPECT_EQ(entries[1].org, settings::own_org());
  EXPECT_NE(entries[0].event.find(R"("scopes":["ingest"])"), std::string::npos);
}

TEST_F(Keys_, AChangeIsSeenByTheNextRequest) {
  const auto created = *keys_->create(socket_, origin_, ingest_key(org_id("acme")));
  ASSERT_TRUE(keys_->verify(created.text));
  const auto changed = keys_->change(socket_, origin_, created.key.id,
                                     {.name = "till 3",
                                      .otlp_mapping = R"({"action":"x"})",
                                      .limits = settings::Limits{.events_per_second = 5}});
  ASSERT_TRUE(changed) << changed.error().message;
  const auto seen = keys_->verify(created.text);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->otlp_mapping, R"({"action":"x"})");
  EXPECT_EQ(seen->limits.events_per_second, 5);
  const auto entries = store_.outbox("trailkeeper.key.changed");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_NE(entries[0].event.find("limits.events_per_second"), std::string::npos);
  EXPECT_EQ(entries[0].event.find(created.text), std::string::npos);
  // The same again is no change.
  ASSERT_TRUE(keys_->change(socket_, origin_, created.key.id, {.name = "till 3"}));
  EXPECT_EQ(store_.outbox("trailkeeper.key.changed").size(), 1u);
}

TEST_F(Keys_, ARotatedKeyWorksUntilTheOverlapIsOver) {
  const auto old = *keys_->create(socket_, origin_, ingest_key(org_id("acme")));
  ASSERT_TRUE(keys_->verify(old.text));
  const auto fresh = keys_->rotate(socket_, origin_, old.key.id, std::chrono::hours(1));
  ASSERT_TRUE(fresh) << fresh.error().message;
  EXPECT_TRUE(keys_->verify(old.text));
  EXPECT_TRUE(keys_->verify(fresh->text));
  EXPECT_EQ(keys_->find(old.key.id)->replaced_by, fresh->key.id);
  clock_.advance(std::chrono::hours(1));
  EXPECT_FALSE(keys_->verify(old.text));
  EXPECT_TRUE(keys_->verify(fresh->text));
  EXPECT_FALSE(fresh->key.expires_at);
  EXPECT_EQ(keys_->rotate(socket_, origin_, old.key.id, {}).error().code, "already_rotated");
  ASSERT_EQ(store_.outbox("trailkeeper.key.rotated").size(), 1u);
}

TEST_F(Keys_, WithoutOverlapTheOldKeyEndsAtOnce) {
  const auto old = *keys_->create(socket_, origin_, ingest_key({}));
  ASSERT_TRUE(keys_->verify(old.text));
  ASSERT_TRUE(keys_->rotate(socket_, origin_, old.key.id, {}));
  EXPECT_FALSE(keys_->verify(old.text));
}

TEST_F(Keys_, AnExpiringKeyIsReplacedByOneThatLivesAsLong) {
  NewKey request = ingest_key(org_id("acme"));
  request.expires_at = clock_.now() + std::chrono::hours(10);
  const auto old = *keys_->create(socket_, origin_, request);
  clock_.advance(std::chrono::hours(9));
  const auto fresh = *keys_->rotate(socket_, origin_, old.key.id, std::chrono::hours(5));
  EXPECT_EQ(fresh.key.expires_at, clock_.now() + std::chrono::hours(10));
  // The overlap does not lengthen the old one's life.
  EXPECT_EQ(keys_->find(old.key.id)->expires_at, request.expires_at);
  clock_.advance(std::chrono::hours(1));
  EXPECT_FALSE(keys_->verify(old.text));
}

TEST_F(Keys_, AnEndedKeyIsNotChangedOrRotated) {
  const auto key = *keys_->create(socket_, origin_, ingest_key({}));
  ASSERT_TRUE(keys_->revoke(socket_, origin_, key.key.id));
  EXPECT_EQ(keys_->rotate(socket_, origin_, key.key.id, {}).error().code, "key_ended");
  EXPECT_EQ(keys_->change(socket_, origin_, key.key.id, {.name = "x"}).error().code, "key_ended");
}

TEST_F(Keys_, BadValuesAreRefusedByPointer) {
  NewKey request = ingest_key(org_id("acme"));
  request.otlp_mapping = std::string(4097, ' ');
  request.limits.burst_seconds = 0;
  request.name = std::string(201, 'x');
  const auto refused = keys_->create(socket_, origin_, request);
  ASSERT_FALSE(refused);
  ASSERT_EQ(refused.error().fields.size(), 3u);
  EXPECT_EQ(refused.error().fields[0].pointer, "/name");
  EXPECT_EQ(refused.error().fields[1].pointer, "/otlp_mapping");
  EXPECT_EQ(refused.error().fields[2].pointer, "/limits/burst_seconds");
}

TEST_F(Keys_, TheLastUseIsShownAtOnce) {
  const auto key = *keys_->create(socket_, origin_, ingest_key({}));
  EXPECT_FALSE(keys_->find(key.key.id)->last_used_at);
  ASSERT_TRUE(keys_->verify(key.text));
  EXPECT_EQ(keys_->find(key.key.id)->last_used_at, clock_.now());
  EXPECT_EQ(keys_->list({}, {}, 10)->front().last_used_at, clock_.now());
}

}  // namespace
}  // namespace trailkeeper::access
