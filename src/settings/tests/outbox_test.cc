#include "settings/outbox.h"

#include <gtest/gtest.h>

#include "json/document.h"
#include "testing/temp_store.h"

namespace trailkeeper::settings {
namespace {

constexpr ActionInfo kSomething{"trailkeeper.key.created", "Created key", "Keys", "configuration",
                                "create"};

OwnAction action() {
  return {.info = kSomething,
          .org = org_id("acme"),
          .actor = {.id = "p1", .name = "Ann", .email = "ann@x.y", .role = "admin"}};
}

void add(TempStore& store, const OwnAction& what) {
  ASSERT_TRUE(store->write(
      [&](WriteTx& tx) { return add_to_outbox(tx, what, at("2026-11-22T14:00:00.5Z")); }));
}

TEST(Outbox, AnEntryIsTheEventOnTheWire) {
  TempStore store;
  OwnAction what = action();
  what.origin = {.ip = "192.0.2.7", .user_agent = "Mozilla", .request_id = "r1"};
  what.targets = {{.type = "key", .id = "k1", .name = "tk_abc"}};
  what.success = false;
  what.http_status = 403;
  what.error_code = "forbidden";
  what.changes = {{.field = "s3", .before = "false", .after = "true"}};
  what.metadata = R"({"n":1})";
  add(store, what);
  const auto entries = store.outbox();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].org, org_id("acme"));
  const std::string expected =
      R"({"organization_id":"acme","action":"trailkeeper.key.created","action_label":"Created key","area":"Keys",)"
      R"("application":"trailkeeper","category":"configuration","crud":"create","occurred_at":"2026-11-22T14:00:00.500000Z",)"
      R"("actor":{"type":"user","id":"p1","name":"Ann","username":"ann@x.y","email":"ann@x.y","role":"admin"},)"
      R"("targets":[{"type":"key","id":"k1","name":"tk_abc"}],)"
      R"("context":{"ip":"192.0.2.7","user_agent":"Mozilla","request_id":"r1"},"outcome":"failure","http_status":403,)"
      R"("error":{"code":"forbidden"},"changes":[{"field":"s3","before":false,"after":true}],"metadata":{"n":1},)"
      R"("external_id":")" +
      entries[0].external_id + R"("})";
  EXPECT_EQ(entries[0].event, expected);
}

TEST(Outbox, WhatABrowserSentCannotMakeAnEntryInvalid) {
  TempStore store;
  OwnAction what = action();
  what.actor.name = std::string("A\0\xFF\"\n", 5) + std::string(1020, 'x') + "\u00EB";
  what.origin = {.ip = "unix", .user_agent = std::string(999, 'x') + "\u20AC"};
  add(store, what);
  json::Document document;
  const auto entries = store.outbox();
  const auto parsed = document.parse(entries[0].event);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_FALSE(parsed->find("context")->find("ip"));
  EXPECT_EQ(parsed->find("context")->find("user_agent")->text(), std::string(999, 'x'));
  EXPECT_EQ(parsed->find("actor")->find("name")->text().substr(0, 6), "A\uFFFD\"\n");
}

TEST(Outbox, IsReadInOrderAndTakenAwayOnce) {
  TempStore store;
  for (int i = 0; i < 5; ++i) add(store, action());
  const auto all = store.outbox();
  ASSERT_EQ(all.size(), 5u);
  EXPECT_NE(all[0].external_id, all[1].external_id);
  const auto rest = store->read([&](ReadTx& tx) { return read_outbox(tx, all[1].id, 2); });
  ASSERT_EQ(rest->size(), 2u);
  EXPECT_EQ(rest->front().external_id, all[2].external_id);
  ASSERT_TRUE(store->write([&](WriteTx& tx) {
    return remove_from_outbox(tx, {all[0].id, all[1].id});
  }));
  store.reopen();
  EXPECT_EQ(*store->read([](ReadTx& tx) { return outbox_size(tx); }), 3u);
  // An id is never given twice, even after the highest was taken away.
  ASSERT_TRUE(store->write([&](WriteTx& tx) { return remove_from_outbox(tx, {all[4].id}); }));
  add(store, action());
  EXPECT_GT(store.outbox().back().id, all[4].id);
}

}  // namespace
}  // namespace trailkeeper::settings
