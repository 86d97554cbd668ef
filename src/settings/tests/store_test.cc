#include "settings/store.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "settings/orgs.h"
#include "settings/times.h"
#include "testing/temp_store.h"

namespace trailkeeper::settings {
namespace {

TEST(Store, KeepsWhatWasCommittedOverARestart) {
  TempStore store;
  const Org acme{.id = org_id("acme"),
                 .name = "Acme",
                 .entitlements = {.audit_logs = true},
                 .created_at = from_micros(7)};
  store.add_org(acme);
  store.reopen();
  const auto found = store->read([](ReadTx& tx) { return find_org(tx, org_id("acme")); });
  ASSERT_TRUE(found);
  EXPECT_EQ(**found, acme);
}

TEST(Store, AChangeThatFailsLeavesNothingBehind) {
  TempStore store;
  const auto done = store->write([](WriteTx& tx) -> Result<> {
    TRY(put_org(tx, Org{.id = org_id("acme"), .name = "Acme"}));
    TRY(add_to_outbox(tx,
                      OwnAction{.info = {"a", "A", "B", "other", "none"},
                                .org = org_id("acme"),
                                .actor = system_actor()},
                      from_micros(1)));
    return Error{ErrorKind::conflict, "changed_mind", "No."};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "changed_mind");
  EXPECT_TRUE(store.outbox().empty());
  const auto found = store->read([](ReadTx& tx) { return find_org(tx, org_id("acme")); });
  EXPECT_FALSE(*found);
}

TEST(Store, AReadSeesOneMoment) {
  TempStore store;
  store.add_org({.id = org_id("a"), .name = "before"});
  const auto seen = store->read([&](ReadTx& tx) -> Result<std::string> {
    const std::string first = TRY(find_org(tx, org_id("a")))->name;
    std::thread([&] { store.add_org({.id = org_id("a"), .name = "after"}); }).join();
    return first + TRY(find_org(tx, org_id("a")))->name;
  });
  EXPECT_EQ(*seen, "beforebefore");
  const auto later = store->read([](ReadTx& tx) { return find_org(tx, org_id("a")); });
  EXPECT_EQ((*later)->name, "after");
}

TEST(Store, ManyThreadsChangeOneAfterTheOther) {
  TempStore store;
  store.add_org({.id = org_id("a"), .name = "a", .viewing_window_days = 1});
  const auto raise = [&] {
    for (int i = 0; i < 25; ++i) {
      (void)store->write([](WriteTx& tx) -> Result<> {
        Org org = *TRY(find_org(tx, org_id("a")));
        ++org.viewing_window_days;
        return put_org(tx, org);
      });
      (void)store->read([](ReadTx& tx) { return find_org(tx, org_id("a")); });
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back(raise);
  for (std::thread& thread : threads) thread.join();
  const auto found = store->read([](ReadTx& tx) { return find_org(tx, org_id("a")); });
  EXPECT_EQ((*found)->viewing_window_days, 201);
}

TEST(Store, RefusesDataOfANewerProgram) {
  TempFolder folder;
  {
    auto database =
        db::Database::open(folder.path() + "/settings.db", db::Database::Mode::read_write);
    ASSERT_TRUE(database->execute("PRAGMA user_version=9999"));
  }
  const auto opened = Store::open({.folder = folder.path()});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "newer_data");
}

TEST(Times, TheFloorOnlyRises) {
  TempStore store;
  const auto raise = [&](std::int64_t micros) {
    return store->write([&](WriteTx& tx) { return raise_time_floor(tx, from_micros(micros)); });
  };
  EXPECT_EQ(*store->read([](ReadTx& tx) { return time_floor(tx); }), Timestamp{});
  ASSERT_TRUE(raise(500));
  ASSERT_TRUE(raise(300));
  store.reopen();
  EXPECT_EQ(*store->read([](ReadTx& tx) { return time_floor(tx); }), from_micros(500));
}

}  // namespace
}  // namespace trailkeeper::settings
